import { describe, expect, test } from "vitest";
import { check } from "../../src/browser/options.js";
import { endpoint, flag, identifier, integer, oneOf } from "../../js/rules.js";
import table from "./options.table.json" with { type: "json" };

const any = (value: unknown) => value as never;
// Its types say what the engine takes of it; this is the whole.
const normalise = check as (given: object) => any;
const tax = endpoint("/update-tax", {});
const wrong = (options: unknown): string => {
  try {
    normalise(any(options));
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as TypeError).message;
  }
  throw new Error("nothing was thrown");
};

const token = () => "t";

test("fills in every default", () => {
  const session = () => "cs_test_1";
  const interval = oneOf("monthly", "yearly");
  const changeInterval = endpoint("/change-subscription-interval", { interval }, { latest: true });
  const options = normalise({ session, endpoints: { changeInterval } });
  expect(options).toEqual({
    session,
    sessionField: "checkout_session_id",
    timeoutMs: 19_500,
    messages: {},
    endpoints: [
      {
        name: "changeInterval",
        url: "/change-subscription-interval",
        fields: [{ name: "interval", rule: interval }],
        latest: [],
        dedupe: true,
        idempotencyKey: true,
        retries: 0,
        attemptTimeoutMs: 0,
        timeoutMs: 19_500,
        credentials: "same-origin",
        csrf: true,
      },
    ],
  });
  expect(Object.isFrozen(options)).toBe(true);
});

test("an endpoint of another origin sends no cookies and no token unless it says so", () => {
  const { endpoints } = normalise({
    allowedOrigins: ["https://api.example.com", "http://127.0.0.1:4242"],
    timeoutMs: 5000,
    endpoints: {
      quiet: endpoint("https://api.example.com/x", {}),
      open: endpoint("http://127.0.0.1:4242/x?y=1", {}, { credentials: "include", csrf: true, timeoutMs: 100 }),
      bare: endpoint("https://api.example.com", {}),
    },
  });
  expect(endpoints).toMatchObject([
    { credentials: "omit", csrf: false, timeoutMs: 5000 },
    { credentials: "include", csrf: true, timeoutMs: 100 },
    { csrf: false },
  ]);
});

test("latest becomes positions", () => {
  const rules = { line_item: identifier("li_"), quantity: integer(0, 10) };
  const set = endpoint("/x", rules, { latest: ["quantity"] });
  const not = endpoint("/x", rules, { latest: false });
  const { endpoints } = normalise({ endpoints: { set, not, tax } });
  expect(endpoints.map(({ latest }: { latest: unknown }) => latest)).toEqual([[1], null, null]);
});

test.each(["/x", "/a/../b", "/x?y=1&z=%20", "/é", "/a//b", "/"])("takes the path %s", (url) => {
  expect(normalise({ endpoints: { a: endpoint(url, {}) } }).endpoints[0]).toMatchObject({ url, csrf: true });
});

const SPACES = 'createUpdates: endpoint "a": "url" must not have spaces, backslashes or "#"';
const START = 'createUpdates: endpoint "a": "url" must start with one "/" or one of "allowedOrigins"';
test.each([
  ["//evil.example/x", START],
  ["x", START],
  ["./x", START],
  ["?x", START],
  ["javascript:alert(1)", START],
  ["data:text/plain,x", START],
  ["https://evil.example/x", START],
  ["https://api.example.com.evil.example/x", START],
  ["https://api.example.com@evil.example/x", START],
  ["https://api.example.com:8443/x", START],
  ["https://user:pass@api.example.com/x", START],
  ["http://api.example.com/x", START],
  ["https:/api.example.com/x", START],
  ["/\\evil.example", SPACES],
  ["/\t/evil.example", SPACES],
  ["\n//evil.example", SPACES],
  [" /x", SPACES],
  ["/\u00a0x", SPACES],
  ["/\u0000x", SPACES],
  ["/x#y", SPACES],
  ["https://api.example.com/x#y", SPACES],
])("refuses the url %j", (url, told) => {
  const message = wrong({ allowedOrigins: ["https://api.example.com"], endpoints: { a: endpoint(url, {}) } });
  expect(message.startsWith(`${told}, not `)).toBe(true);
  if (told === START) expect(message).toMatch(/; "allowedOrigins" has "https:\/\/api\.example\.com"$/);
});

test.each([
  "https://api.example.com",
  "https://[2001:db8::1]:8443",
  "http://localhost",
  "http://127.0.0.1:1",
  "http://[::1]",
])("allows the origin %s", (origin) => {
  const endpoints = { a: endpoint(origin + "/x", {}) };
  expect(normalise({ allowedOrigins: [origin], endpoints }).endpoints[0]).toMatchObject({
    csrf: false,
    credentials: "omit",
  });
});

test.each([
  "http://api.example.com",
  "https://api.example.com/",
  "https://user@api.example.com",
  "https://API.example.com",
  "https://*.example.com",
  "*",
  "null",
  "ftp://api.example.com",
  "http://localhost.evil.example",
  "https://",
  ["https://api.example.com"],
  5,
])("refuses the origin %j", (origin) => {
  expect(wrong({ allowedOrigins: [origin], endpoints: { tax } })).toMatch(
    /^createUpdates: "allowedOrigins" must have origins such as "https:\/\/api\.example\.com", with nothing behind, not /,
  );
});

describe("refuses", () => {
  test.each(table)("$name, and names the key", ({ options, key }) => {
    const message = wrong(options);
    expect(message).toMatch(/^createUpdates: /);
    expect(message).toContain(`"${key}"`);
  });

  test.each([
    [undefined, "createUpdates: must be an object, not undefined"],
    [[], "createUpdates: must be an object, not an array"],
    [
      { endpoints: { tax }, session: "cs_test_1" },
      'createUpdates: "session" must be a function, not a string of length 9',
    ],
    [
      { endpoints: { tax }, timeoutMs: 20001 },
      'createUpdates: "timeoutMs" must be a whole number from 1 to 20000, not 20001',
    ],
    [{ endpoints: { tax }, onFailure: {} }, 'createUpdates: "onFailure" must be a function, not an object'],
    [{ endpoints: { tax }, onFailure: Symbol("x") }, 'createUpdates: "onFailure" must be a function, not a symbol'],
    [
      { endpoints: { tax }, timeoutMs: () => 5 },
      'createUpdates: "timeoutMs" must be a whole number from 1 to 20000, not a function',
    ],
    [
      { endpoints: { tax }, messages: { network: 5 } },
      'createUpdates: "messages": "network" must be a string that is not empty, not 5',
    ],
    [
      { endpoints: { tax }, csrf: { header: "Cookie", token } },
      'createUpdates: "csrf": "header" must be a header that a page may set, not "Cookie"',
    ],
    [
      { endpoints: { tax }, csrf: { header: "X-CSRF-Token", token, cookie: "c" } },
      'createUpdates: "csrf": unknown key "cookie"; keys are "header", "token"',
    ],
    [
      { endpoints: JSON.parse('{"__proto__": {}}') },
      'createUpdates: endpoint "__proto__": a name has at least one character and is not "__proto__"',
    ],
    [{ endpoints: { a: undefined } }, 'createUpdates: endpoint "a": must be an object, not undefined'],
    [
      { endpoints: { a: { ...tax, method: "PUT" } } },
      'createUpdates: endpoint "a": unknown key "method"; keys are "url", "rules", "options", "body"',
    ],
    [
      { endpoints: { a: endpoint("/x", { id: flag() }) }, sessionField: "id" },
      'createUpdates: endpoint "a": "sessionField" is the field "id"; give one another name',
    ],
  ])("%j", (options, told) => expect(wrong(options)).toBe(told));

  test.each(["", "X CSRF", "X:", "Content-Type", "idempotency-key", "Cookie", "Sec-Token", "Origin", "Host"])(
    "the header %j",
    (header) => {
      expect(wrong({ endpoints: { tax }, csrf: { header, token } })).toMatch(
        /"header" must be a header that a page may set/,
      );
    },
  );

  test("what was written by hand and would not pass endpoint()", () => {
    const rules = { amount: { kind: "integer", min: 0, max: 1 } };
    expect(wrong({ endpoints: { a: { url: "/x", rules, options: {} } } })).toMatch(
      /^createUpdates: endpoint "a": field "amount"/,
    );
  });
});

test("never echoes a value", () => {
  const value = "pi_1_secret_2";
  for (const options of [
    { endpoints: { tax }, session: value },
    { endpoints: { tax }, csrf: { header: value + " ", token: () => "" } },
    { endpoints: { tax }, allowedOrigins: [value] },
    { endpoints: { a: endpoint(value, {}) } },
  ]) {
    expect(wrong(options)).not.toContain("secret");
  }
});

test("takes csrf, messages and a session field of one's own", () => {
  const csrf = { header: "X-CSRF-Token", token: () => "t" };
  const onFailure = () => {};
  const messages = { network: "Check your connection." };
  const options = normalise({ endpoints: { tax }, csrf, messages, onFailure, sessionField: "session" });
  expect(options).toMatchObject({ csrf, messages, onFailure, sessionField: "session" });
});

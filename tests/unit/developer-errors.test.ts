// Every error that a developer can read, in one place: each names the thing, what it got, and what is allowed, and holds no
// value of a customer's. A new one is missing here, and so red, until it is listed.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { check } from "../../src/browser/options.js";
import { undeclared } from "../../src/browser/check.js";
import { address, endpoint, flag, identifier, integer, oneOf, text } from "../../js/rules.js";
import { ready } from "./facade-support.js";

const SECRET = "sk_test_4eC39HqLyjWDarjtT1zdp7dc";
const any = (value: unknown) => value as never;
const url = "/update";
const plan = oneOf("monthly", "yearly");
const declared = { change: endpoint(url, { plan }) };
const options = (given: object) => () => check(any({ endpoints: declared, ...given }));
const written = (given: object) => () => check(any({ endpoints: { change: { url, rules: {}, ...given } } }));

/** Each site of an error in the source that pages run, by a call that reaches it. */
const checks: Record<string, () => unknown> = {
  "no options": () => check(any(SECRET)),
  "an unknown option": options({ timeout: 5 }),
  "a wrong option": options({ timeoutMs: 20_001 }),
  "a missing option": () => check(any({})),
  "a header that no page may set": options({ csrf: { header: "Cookie", token: () => "" } }),
  "an origin with a path": options({ allowedOrigins: ["https://api.example.com/v1"] }),
  "a name that is none": () => check(any({ endpoints: { "": declared.change } })),
  "a URL with a space": written({ url: "/up date" }),
  "a URL of another origin": written({ url: "https://api.example.com/x" }),
  "a field that is the session's": () =>
    check(any({ sessionField: "plan", endpoints: { change: endpoint(url, { plan }) } })),
  "choices that are equal": () => oneOf("a", "a"),
  "a prefix that starts a secret": () => identifier(SECRET.slice(0, 8)),
  "numbers in the wrong order": () => integer(5, 1),
  "a text that is too long": () => text(256),
  "too many fields": () => endpoint(url, Object.fromEntries([..."abcdefghijklmnopq"].map((name) => [name, flag()]))),
  "a rule that is none": written({ rules: { plan: "monthly" } }),
  "a kind that is none": written({ rules: { plan: { kind: "oneof", values: ["a"] } } }),
  "a rule that does not fit": written({ rules: { plan: { kind: "integer", min: 1 } } }),
  "a field without a name": written({ rules: { "": { kind: "flag" } } }),
  "a price": () => endpoint(url, { price: integer(0, 100) }),
  "an unknown option of an endpoint": () => endpoint(url, {}, any({ retry: 1 })),
  "latest of more fields": () => endpoint(url, { plan, gift: flag() }, { latest: true }),
  "latest of a field that is not there": () => endpoint(url, { plan }, any({ latest: ["interval"] })),
  "latest of an address": () => endpoint(url, { to: address() }, { latest: ["to"] }),
  "repeats without a key": () => endpoint(url, {}, { idempotencyKey: false, retries: 1 }),
};

const thrown = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as TypeError).message;
  }
  throw new Error("nothing was thrown");
};

test("what createUpdates and the rules say", () => {
  const said = Object.fromEntries(Object.entries(checks).map(([name, act]) => [name, thrown(act)]));
  expect(JSON.stringify(said)).not.toContain(SECRET);
  expect(said).toMatchInlineSnapshot(`
    {
      "a URL of another origin": "createUpdates: endpoint "change": "url" must start with one "/" or one of "allowedOrigins", not a string of length 25; "allowedOrigins" has none",
      "a URL with a space": "createUpdates: endpoint "change": "url" must not have spaces, backslashes or "#", not a string of length 8",
      "a field that is the session's": "createUpdates: endpoint "change": "sessionField" is the field "plan"; give one another name",
      "a field without a name": "createUpdates: endpoint "change": rule of "" has no name; the name of a field has at least one character",
      "a header that no page may set": "createUpdates: "csrf": "header" must be a header that a page may set, not "Cookie"",
      "a kind that is none": "createUpdates: endpoint "change": rule of "plan" has kind "oneof"; kinds are "oneOf", "identifier", "integer", "text", "flag", "address"",
      "a missing option": "createUpdates: "endpoints" must be an object, not undefined",
      "a name that is none": "createUpdates: endpoint "": a name has at least one character and is not "__proto__"",
      "a prefix that starts a secret": "identifier: takes a prefix of A-Z a-z 0-9 _ - that starts no secret, not a string of length 8",
      "a price": "endpoint "/update": field "price" is the server's to decide; its kind must be oneOf or flag, not integer",
      "a rule that does not fit": "createUpdates: endpoint "change": rule of "plan" takes two safe integers, the smaller first, not 1",
      "a rule that is none": "createUpdates: endpoint "change": rule of "plan" must be an object, not "monthly"",
      "a text that is too long": "text: takes a whole number from 1 to 255, not 256",
      "a wrong option": "createUpdates: "timeoutMs" must be a whole number from 1 to 20000, not 20001",
      "an origin with a path": "createUpdates: "allowedOrigins" must have origins such as "https://api.example.com", with nothing behind, not a string of length 26",
      "an unknown option": "createUpdates: unknown key "timeout"; keys are "endpoints", "session", "sessionField", "timeoutMs", "allowedOrigins", "csrf", "messages", "onFailure", "onSettled", "fetch"",
      "an unknown option of an endpoint": "endpoint "/update": unknown key "retry"; keys are "latest", "dedupe", "idempotencyKey", "retries", "attemptTimeoutMs", "timeoutMs", "credentials", "csrf"",
      "choices that are equal": "oneOf: takes different strings, not "a", "a"",
      "latest of a field that is not there": "endpoint "/update": "latest" has no field "interval"; fields are "plan"",
      "latest of an address": "endpoint "/update": "latest" has field "to", and an address is not compared",
      "latest of more fields": "endpoint "/update": "latest" must name fields if there is not exactly one; fields are "plan", "gift"",
      "no options": "createUpdates: must be an object, not a string of length 32",
      "numbers in the wrong order": "integer: takes two safe integers, the smaller first, not 5, 1",
      "repeats without a key": "endpoint "/update": "retries" is 1; without "idempotencyKey" it must be 0",
      "too many fields": "endpoint "/update": "rules" has 17 fields; at most 16 are allowed",
    }
  `);
});

test("what the methods say", async () => {
  const updates = (await ready()).updates() as any;
  const rejected = (promise: Promise<unknown>) =>
    promise.then(
      () => "nothing was thrown",
      (error: Error) => error.message,
    );
  expect({
    request: thrown(() => updates.request("chagneInterval", {})),
    run: await rejected(updates.run({}, "chagneInterval", {})),
    "run of a function": await rejected(updates.run({}, () => {})),
    wrap: thrown(() => updates.wrap("own", "fetch")),
    cancel: thrown(() => updates.cancel(7)),
    isPending: thrown(() => updates.isPending("gift")),
    pay: await rejected(updates.pay({}, { redirect: "if_required" })),
    pendingIntent: thrown(() => updates.pendingIntent("gift")),
    subscribe: thrown(() => updates.subscribe("listener")),
    undeclared: undeclared("run", SECRET.length, ["change"]).message,
  }).toMatchInlineSnapshot(`
    {
      "cancel": "cancel: no endpoint of type number; declared are "change", "quantity"",
      "isPending": "isPending: no endpoint "gift"; declared are "change", "quantity"",
      "pay": "pay: takes actions and a function, not an object",
      "pendingIntent": "pendingIntent: no endpoint "gift"; declared are "change", "quantity"",
      "request": "request: no endpoint "chagneInterval"; declared are "change", "quantity"",
      "run": "run: no endpoint "chagneInterval"; declared are "change", "quantity"",
      "run of a function": "run: takes a function of request or wrap",
      "subscribe": "subscribe: takes a function, not "listener"",
      "undeclared": "run: no endpoint of type number; declared are "change"",
      "wrap": "wrap: takes a name and a function, not "fetch"",
    }
  `);
  updates.dispose();
});

/** What is said while the module is loaded: `detail` of the failures and the rejection of `ready` (tests/package/loading.test.mjs). */
const LOADING = [
  "the chunk with the module, wasm-inline-….js in dist/, was not found",
  "WebAssembly is refused; allow 'wasm-unsafe-eval' in Content-Security-Policy",
  "the file is not the checkout_updates.wasm of this version",
  "the module could not be loaded",
  "call useWasm(url) first",
  "checkout_updates.wasm could not be fetched; check the URL passed to useWasm",
  "for checkout_updates.wasm; check the URL passed to useWasm",
  "the Response passed to useWasm has already been read",
];

test("every error of the source is listed here", () => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const sites = (path: string, pattern: RegExp) => [...read(path).matchAll(pattern)].length;
  const FAIL = /\b(?:fail|wrong)\(/g;
  // Two of the first and one of the last declare what is called.
  expect({
    "check.js": sites("src/browser/check.js", FAIL),
    "options.js": sites("src/browser/options.js", FAIL),
    "rules.js": sites("src/browser/rules.js", FAIL),
    "updates.ts": sites("js/updates.ts", /new TypeError\(|undeclared\(/g),
  }).toEqual({ "check.js": 4, "options.js": 5, "rules.js": 12, "updates.ts": 4 });
  const loading = ["js/index.ts", "js/instance.ts", "js/slim.ts"];
  expect(loading.reduce((sum, path) => sum + sites(path, /new LoadError\(/g), 0)).toBe(LOADING.length);
  const source = loading.map(read).join("\n");
  for (const words of LOADING) expect(source).toContain(words);
});

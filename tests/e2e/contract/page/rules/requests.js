export const title = "3.3 A refusal is a rejection";

const yearly = { interval: "yearly" };
const header = (request, name) => request.headers.find(([known]) => known.toLowerCase() === name)?.[1];

/** Sees what is handed to `fetch`, and lets it pass. */
function spy() {
  const own = globalThis.fetch;
  const calls = [];
  globalThis.fetch = (url, init) => {
    calls.push({ url, init });
    return own(url, init);
  };
  return calls;
}

/** A page with a CSRF token: what the server received, or how the update failed. */
async function withToken(t, token, path = "success", endpointOptions = {}) {
  const { key, url } = t.fault(path);
  const updates = await t.updates({ url, endpointOptions, csrf: { header: "X-CSRF-Token", token } });
  const error = await updates
    .request("changeInterval", yearly)()
    .then(
      () => null,
      (thrown) => thrown,
    );
  await t.rest();
  return { error, requests: await t.recorded(key) };
}

async function refusesToken(t, token, cause) {
  const { error, requests } = await withToken(t, token);
  t.equal(error.kind, "callback_failed");
  t.equal(error.applied, "no");
  t.equal(error.attempts, 0);
  t.equal(requests.length, 0, "nothing is sent");
  if (cause) t.equal(error.cause, cause);
  return error;
}

export const rules = {
  "success is a real Response of the caller's own, its body to be read": async (t) => {
    const body = '{"type":"success","total":1000}';
    const { url } = t.fault(`answer?code=201&request_id=req_1&body=${encodeURIComponent(body)}`);
    const updates = await t.updates({ url });
    const update = updates.request("changeInterval", yearly);
    const [one, two] = await Promise.all([update(), update()]);
    for (const response of [one, two]) {
      t.ok(response instanceof Response);
      t.equal(response.bodyUsed, false);
      t.equal(response.status, 201);
      t.equal(response.url, new URL(url, location.href).href);
      t.equal(response.headers.get("request-id"), "req_1");
      t.equal(response.headers.get("content-type"), "application/json");
      t.equal(await response.clone().text(), body);
      t.same(await response.json(), JSON.parse(body));
      t.equal(response.bodyUsed, true);
    }
  },
  "a 204 and a 205 are Responses too": async (t) => {
    for (const code of [204, 205]) {
      const updates = await t.updates({ url: t.fault(`empty?code=${code}`).url });
      const response = await updates.request("changeInterval", yearly)();
      t.ok(response instanceof Response);
      t.equal(response.status, code);
      t.equal(await response.text(), "");
    }
  },
  "a body that is no UTF-8 is understood all the same, and given byte by byte": async (t) => {
    const bytes = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    const own = globalThis.fetch;
    globalThis.fetch = async () => new Response(bytes);
    const updates = await t.updates();
    const response = await updates.request("changeInterval", yearly)();
    const { actions } = await t.stripe();
    const { body } = await updates.run(actions, "changeInterval", yearly);
    globalThis.fetch = own;
    t.same([...new Uint8Array(await response.arrayBuffer())], [...bytes]);
    t.same(body, { "\ufffd": 1 });
  },
  "the body of run's outcome is the parsed JSON, the text, or null": async (t) => {
    const { actions } = await t.stripe();
    for (const [path, body] of [
      ["success", { type: "success" }],
      ["json-as-html", { type: "success" }],
      ["ok-text", "OK"],
      ["empty", null],
      ["no-content", null],
    ]) {
      const updates = await t.updates({ url: t.fault(path).url });
      const outcome = await updates.run(actions, "changeInterval", yearly);
      t.equal(outcome.type, "success", path);
      t.same(outcome.body, body, path);
    }
  },
  "fetch is told not to follow, not to store, and to whom cookies go": async (t) => {
    const calls = spy();
    const { url } = t.fault("success");
    const updates = await t.updates({ url });
    await updates.request("changeInterval", yearly)();
    const [{ init }] = calls.filter(({ init }) => init?.method === "POST");
    t.same([init.method, init.redirect, init.cache, init.credentials], ["POST", "manual", "no-store", "same-origin"]);
    t.ok(init.signal instanceof AbortSignal);
  },
  "a <base> cannot move an endpoint": async (t) => {
    const { other } = await t.ports();
    const { key, url } = t.fault("success");
    const updates = await t.updates({ url });
    const base = document.createElement("base");
    base.href = `http://127.0.0.1:${other}/elsewhere/`;
    document.head.append(base);
    t.equal(new URL("x", document.baseURI).port, String(other), "the base is in force");
    await updates.request("changeInterval", yearly)();
    base.remove();
    const requests = await t.received(key);
    t.equal(requests.length, 1);
    t.equal(requests[0].origin, "page");
  },
  "another origin gets no cookie and no CSRF header": async (t) => {
    document.cookie = "visitor=1; path=/";
    const { other } = await t.ports();
    const origin = `http://127.0.0.1:${other}`;
    const csrf = { header: "X-CSRF-Token", token: () => "token-1" };
    const here = t.fault("success");
    const there = t.fault("success?cors=yes");
    const own = await t.updates({ url: here.url, csrf });
    const foreign = await t.updates({ url: origin + there.url, csrf, allowedOrigins: [origin] });
    await own.request("changeInterval", yearly)();
    await foreign.request("changeInterval", yearly)();
    const [mine] = await t.received(here.key);
    t.match(header(mine, "cookie"), /visitor=1/);
    t.equal(header(mine, "x-csrf-token"), "token-1");
    const [theirs] = (await t.recorded(there.key)).filter(({ method }) => method === "POST");
    t.equal(theirs.origin, "other");
    t.equal(header(theirs, "cookie"), undefined);
    t.equal(header(theirs, "x-csrf-token"), undefined);
    t.match(header(theirs, "idempotency-key"), /^[\w-]{16,255}$/);
    t.equal(theirs.body, mine.body);
  },
  "another origin gets them where the endpoint asks for them": async (t) => {
    const { other } = await t.ports();
    const origin = `http://127.0.0.1:${other}`;
    const calls = [];
    globalThis.fetch = (url, init) => {
      calls.push({ url, init });
      return Promise.resolve(new Response("OK"));
    };
    const updates = await t.updates({
      url: `${origin}/x?y=1`,
      allowedOrigins: [origin],
      csrf: { header: "X-CSRF-Token", token: () => "token-1" },
      endpointOptions: { credentials: "include", csrf: true },
    });
    await updates.request("changeInterval", yearly)();
    const [{ url, init }] = calls;
    t.equal(url, `${origin}/x?y=1`);
    t.equal(init.credentials, "include");
    t.equal(new Headers(init.headers).get("x-csrf-token"), "token-1");
  },
  "an endpoint that is no path and of no allowed origin is a TypeError": async (t) => {
    const { createUpdates, endpoint } = await t.module("index");
    const allowedOrigins = ["https://api.example.com"];
    for (const url of [
      "//evil.example/x",
      "/\\evil.example/x",
      "x",
      "https://api.example.com.evil.example/x",
      "https://api.example.com@evil.example/x",
      "https://api.example.comx",
      "http://api.example.com/x",
      "https://other.example.com/x",
      "javascript:alert(1)",
      "/x y",
      "/x#y",
      "/\n/evil.example",
      "data:text/plain,x",
    ]) {
      const make = () => createUpdates({ endpoints: { gift: endpoint(url, {}) }, allowedOrigins });
      t.match(t.thrown(make, TypeError, url).message, /gift/, url);
    }
    for (const origin of ["http://api.example.com", "https://api.example.com/", "https://*.example.com", "*", "null"]) {
      const make = () => createUpdates({ endpoints: {}, allowedOrigins: [origin] });
      t.match(t.thrown(make, TypeError, origin).message, /allowedOrigins/, origin);
    }
    for (const url of ["/x", "/", "/x?y=//z", "https://api.example.com/x", "https://api.example.com"]) {
      createUpdates({ endpoints: { gift: endpoint(url, {}) }, allowedOrigins });
    }
  },
  "a CSRF token is sent in its header": async (t) => {
    const { error, requests } = await withToken(t, () => "token-sync");
    t.equal(error, null);
    t.equal(header(requests[0], "x-csrf-token"), "token-sync");
  },
  "a promise of a CSRF token is waited for": async (t) => {
    const { error, requests } = await withToken(t, async () => {
      await t.rest();
      return "token-async";
    });
    t.equal(error, null);
    t.equal(header(requests[0], "x-csrf-token"), "token-async");
  },
  "the CSRF token is read once for each update, whatever its attempts": async (t) => {
    let reads = 0;
    const token = () => `token-${(reads += 1)}`;
    const { error, requests } = await withToken(t, token, "status?code=503&times=1", { retries: 1 });
    t.equal(error, null);
    t.same(
      requests.map((request) => header(request, "x-csrf-token")),
      ["token-1", "token-1"],
    );
  },
  "a CSRF function that throws is callback_failed, nothing sent": async (t) => {
    const cause = new Error("no token");
    await refusesToken(
      t,
      () => {
        throw cause;
      },
      cause,
    );
  },
  "a CSRF function that rejects is callback_failed, nothing sent": async (t) => {
    const cause = new Error("no token");
    await refusesToken(t, () => Promise.reject(cause), cause);
  },
  "a CSRF token that no header can hold is callback_failed, nothing sent": async (t) => {
    const error = await refusesToken(t, () => "token\r\nX-Evil: MARKER");
    t.ok(!`${error.message}${JSON.stringify(error)}${error.stack}`.includes("MARKER"));
    t.ok(!("cause" in error), "it is not asked of the browser");
    await refusesToken(t, () => "tökén✓");
  },
  "a CSRF token that is no text is callback_failed, nothing sent": async (t) => {
    for (const token of [undefined, null, 7, {}]) await refusesToken(t, () => token);
  },
};

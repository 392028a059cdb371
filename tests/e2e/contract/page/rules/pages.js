import { clocked, each, framed, loading } from "../lib/rule.js";

export const title = "3.11 What real pages do to it";

const yearly = { interval: "yearly" };
const monthly = { interval: "monthly" };

/** A member that can neither be written nor be shadowed by assignment. */
const fix = (object, names) => {
  for (const name of names) Object.defineProperty(object, name, { value() {}, configurable: true });
};

/** All the names that our objects have, and that a page may have put on a prototype first. */
const NAMES = [
  "toJSON",
  "name",
  "message",
  "cause",
  "kind",
  "applied",
  "endpoint",
  "status",
  "detail",
  "reason",
  "failure",
  "type",
  "session",
  "error",
  "body",
  "signal",
  "headers",
  "pending",
  "stale",
  "endpoints",
];

/** What pages and their libraries have done to what everybody shares. */
const PROTOTYPES = [
  ["Error.prototype has a toJSON that cannot be written", () => fix(Error.prototype, ["toJSON"])],
  ["Error.prototype has our members", () => fix(Error.prototype, NAMES)],
  ["Object.prototype has a toJSON that cannot be written", () => fix(Object.prototype, ["toJSON"])],
  ["Object.prototype has our members", () => fix(Object.prototype, NAMES)],
  ["Error.prototype is frozen", () => Object.freeze(Error.prototype)],
  ["Object.prototype is frozen", () => Object.freeze(Object.prototype)],
  [
    "every prototype is frozen, as SES does it",
    () => {
      for (const { prototype } of [Object, Function, Array, Error, TypeError, Promise, String, Number, Map, Set]) {
        Object.freeze(prototype);
      }
    },
  ],
];

/** Everything that can end an update badly, on a page that has done this to its prototypes. */
async function failsAsEver(t, change) {
  const shop = t.shop();
  const { actions } = await t.stripe();
  const updates = await t.updates();
  change();
  const update = updates.request("changeInterval", yearly);
  const called = t.rejection(update());
  (await shop.next()).fail();
  const error = await called;
  t.equal(error.kind, "network");
  t.equal(Object.getOwnPropertyDescriptor(error, "applied").value, "unknown");
  t.equal(update.failure, error);
  t.equal(error.toJSON().kind, "network");
  const outcome = updates.run(actions, "changeInterval", yearly);
  // As a text, and checked one by one: what a page adds as `toJSON` is asked by these checks too.
  (await shop.next()).answer(400, '{"type":"error","message":"Sold out."}');
  const { error: refusal } = await outcome;
  t.equal(refusal.kind, "refused");
  t.equal(refusal.message, "Sold out.");
  t.equal((await t.rejection(updates.request("changeInterval", { interval: "x" })())).kind, "invalid_intent");
  const success = updates.run(actions, "changeInterval", yearly);
  (await shop.next()).answer(200, "");
  t.equal((await success).type, "success");
  await updates.refresh(actions);
  t.equal(updates.isPending(), false);
  t.equal(updates.metrics().failures.length, 3);
}

/** Status, body, and what that is: the kind, or "success". */
const DIALECTS = [
  [200, '{"success":true}', "success"],
  [200, '{"success":false,"message":"Sold out."}', "refused"],
  [200, '{"ok":false}', "refused"],
  [200, '{"ok":true,"error":"none"}', "success"],
  [200, '{"status":"error"}', "refused"],
  [200, '{"status":"fail","data":{"title":"Sold out."}}', "refused"],
  [200, '{"status":"FAILURE"}', "refused"],
  [200, '{"status":"success","data":null}', "success"],
  [200, '{"status":"open","total":1000}', "success"],
  [200, '{"result":"failure","messages":"<ul></ul>","refresh":false}', "refused"],
  [200, '{"result":"success"}', "success"],
  [200, '{"success":true,"error":[]}', "success"],
  [200, '{"error":[]}', "success"],
  [200, '{"error":{}}', "success"],
  [200, '{"error":""}', "success"],
  [200, '{"errors":[],"total":1000}', "success"],
  [200, '{"errors":[{"message":"Sold out."}]}', "refused"],
  [200, '{"errors":{"quantity":["is too large"]}}', "refused"],
  [200, '{"error":{"code":"sold_out"}}', "refused"],
  [200, '{"success":0,"error":"no"}', "refused"],
  [202, "", "bad_response"],
  [202, '{"type":"success"}', "success"],
  [201, "", "success"],
  [200, "false", "refused"],
  [200, "0", "refused"],
  [200, "-1", "refused"],
  [200, " 0\n", "refused"],
  [200, "1", "success"],
  [200, "true", "success"],
  [200, "null", "success"],
  [200, "OK", "success"],
  [200, "<!doctype html><title>Log in</title>", "bad_response"],
  [200, "\n <html></html>", "bad_response"],
  [200, '{"type":"success"', "bad_response"],
];

/** Errors as clients throw them inside `wrap`: what that is, what is shown, and what was made of the change. */
const THROWN = [
  [
    "axios, a refusal",
    () =>
      Object.assign(new Error("Request failed with status code 409"), {
        isAxiosError: true,
        status: 422,
        response: { status: 422, data: { error: "Only 3 left." }, headers: { get: () => null } },
      }),
    ["refused", "no", 422, "Only 3 left."],
  ],
  [
    "axios, a failure of the server",
    () =>
      Object.assign(new Error("Request failed with status code 500"), {
        response: { status: 500, data: { message: "Database is down." } },
      }),
    ["server_error", "unknown", 500, null],
  ],
  [
    "axios, no answer",
    () => Object.assign(new Error("Network Error"), { code: "ERR_NETWORK", response: undefined }),
    ["callback_failed", "unknown", null, null],
  ],
  [
    "ky, whose answer is not read",
    () =>
      Object.assign(new Error("Request failed with status code 400 Bad Request"), {
        name: "HTTPError",
        response: new Response('{"type":"error","message":"Sold out."}', { status: 400 }),
      }),
    ["refused", "no", 400, "Sold out."],
  ],
  [
    "ofetch, whose answer is read",
    () => {
      const response = new Response('{"message":"Sold out."}', { status: 429 });
      return response.text().then(() =>
        Object.assign(new Error('[POST] "/x": 429 Too Many Requests'), {
          status: 429,
          data: { message: "Sold out." },
          response,
        }),
      );
    },
    ["rate_limited", "no", 429, "Sold out."],
  ],
  [
    "superagent, whose answer has a body",
    () =>
      Object.assign(new Error("Conflict"), { status: 422, response: { status: 422, body: { error: "Only 3 left." } } }),
    ["refused", "no", 422, "Only 3 left."],
  ],
  [
    "wretch, whose error has json",
    () => Object.assign(new Error('{"error":"Only 3 left."}'), { status: 422, json: { error: "Only 3 left." } }),
    ["refused", "no", 422, "Only 3 left."],
  ],
  [
    "jQuery, which throws the jqXHR",
    () => ({ status: 422, responseJSON: { error: "Only 3 left." }, responseText: '{"error":"Only 3 left."}' }),
    ["refused", "no", 422, "Only 3 left."],
  ],
  [
    "Angular, whose error has the body as error",
    () => ({ name: "HttpErrorResponse", status: 422, ok: false, error: { error: "Only 3 left." } }),
    ["refused", "no", 422, "Only 3 left."],
  ],
  ["a status alone", () => Object.assign(new Error("HTTP 409"), { status: 409 }), ["refused", "unknown", 409, null]],
  [
    "by hand, with applied: no",
    () => Object.assign(new Error("Only 3 left."), { applied: "no" }),
    ["refused", "no", null, "Only 3 left."],
  ],
  [
    "by hand, in a code",
    () => Object.assign(new Error("out_of_stock"), { applied: "no" }),
    ["refused", "no", null, null],
  ],
  [
    "the answer itself",
    () => new Response('{"error":"Sold out."}', { status: 422 }),
    ["refused", "no", 422, "Sold out."],
  ],
  ["a text", () => "Only 3 left.", ["callback_failed", "unknown", null, null]],
  ["nothing", () => undefined, ["callback_failed", "unknown", null, null]],
];

/** Answers of stand-ins for `fetch`: how it settles. */
const STAND_INS = [
  ["only ok and json()", () => ({ ok: true, json: async () => ({ type: "success" }) }), "success"],
  ["only ok, which is false", () => ({ ok: false }), "refused"],
  ["only ok and json(), which says no", () => ({ ok: true, json: async () => ({ success: false }) }), "refused"],
  ["ok: false and json()", () => ({ ok: false, json: async () => ({ error: "Sold out." }) }), "refused", "Sold out."],
  [
    "only json(), with a status",
    () => ({ status: 400, json: async () => ({ error: "No more." }) }),
    "refused",
    "No more.",
  ],
  ["a status alone", () => ({ status: 204 }), "success"],
  ["a status and data", () => ({ status: 200, data: { type: "success" } }), "success"],
  ["data that says no", () => ({ status: 200, data: { type: "error", message: "Sold out." } }), "refused", "Sold out."],
  ["json() that rejects", () => ({ ok: true, json: () => Promise.reject(new SyntaxError("no")) }), "bad_response"],
  ["nothing", () => undefined, "bad_response"],
];

/** What a wrapped `fetch` rejects with. */
const REJECTED = [
  ["the answer", () => new Response('{"error":"Sold out."}', { status: 400 }), "refused", "no"],
  [
    "an error that has the answer",
    () => Object.assign(new Error("400"), { response: new Response('{"error":"Sold out."}', { status: 400 }) }),
    "refused",
    "no",
  ],
  ["an error that has the status", () => Object.assign(new Error("x"), { status: 503 }), "server_error", "unknown"],
  ["an error of its own", () => new Error("blocked"), "network", "unknown"],
  ["null", () => null, "network", "unknown"],
];

const hide = () => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: false }));

/** A page whose stepper is drawn as the guides say. */
async function stepper(t, options = {}) {
  const { createUpdates, endpoint, identifier, integer } = await t.module("index");
  const rules = { line_item: identifier("li_"), quantity: integer(0, 10) };
  const setQuantity = endpoint("/update", rules, { latest: ["line_item"] });
  const updates = t.keep(createUpdates({ session: () => t.SESSION, endpoints: { setQuantity }, ...options }));
  await updates.ready;
  let quantity = 1;
  const row = { line_item: "li_a" };
  const shown = () => updates.pendingIntent("setQuantity", row)?.quantity ?? quantity;
  const { actions } = await t.stripe();
  const press = async () => {
    const outcome = await updates.run(actions, "setQuantity", { ...row, quantity: shown() + 1 });
    if (outcome.type === "success") quantity = outcome.body.quantity;
    return outcome;
  };
  return { updates, actions, shown, press, row };
}

export const rules = {
  ...each(
    [...PROTOTYPES, ["Object.prototype has a member of property descriptors", () => fix(Object.prototype, ["value"])]],
    ([what]) => `it fails as ever where ${what}`,
    (t, [, change]) => failsAsEver(t, change),
  ),
  ...each(
    PROTOTYPES,
    ([what]) => `a trap settles everything where ${what}`,
    async (t, [, change]) => {
      const shop = t.shop();
      const { actions } = await t.stripe();
      const updates = await t.updates();
      change();
      const called = t.rejection(updates.request("changeInterval", yearly)());
      const outcomes = [yearly, monthly].map((intent) => updates.run(actions, "changeInterval", intent));
      await shop.next();
      await t.trapNext();
      updates.cancel();
      t.equal((await called).kind, "internal");
      for (const { error } of await Promise.all(outcomes)) t.equal(error.kind, "internal");
      t.equal(updates.isPending(), false);
      const again = updates.request("changeInterval", yearly)();
      await shop.next();
      (await shop.next()).answer(200, "");
      t.equal((await again).ok, true);
    },
    (check) => framed({ dist: "dist-trap" }, check),
  ),
  ...each(
    DIALECTS,
    ([status, body, kind]) => `${status} ${JSON.stringify(body)} is ${kind}`,
    async (t, [status, body, kind]) => {
      const { url } = t.fault(`answer?code=${status}&body=${encodeURIComponent(body)}`);
      const updates = await t.updates({ url });
      const update = updates.request("changeInterval", yearly);
      const settled = await update().then(
        () => "success",
        (error) => error.kind,
      );
      t.equal(settled, kind);
      if (kind === "refused") t.same([update.failure.applied, update.failure.status], ["no", status]);
    },
  ),
  ...each(
    THROWN,
    ([what]) => `wrap keeps the word of ${what}`,
    async (t, [, make, expected]) => {
      const updates = await t.updates();
      const { actions } = await t.stripe();
      const update = updates.wrap("own", async () => {
        throw await make();
      });
      const { type, error } = await updates.run(actions, update);
      const { kind, applied, status, message } = error;
      const isOurs = /^Your change (was|may not have been)/.test(message);
      t.same([type, kind, applied, status, isOurs ? null : message], ["error", ...expected]);
      t.equal(updates.isStale(), applied === "unknown");
    },
  ),
  ...each(
    STAND_INS,
    ([what, , kind]) => `fetch gives a stand-in with ${what}: ${kind}`,
    async (t, [, make, kind, message]) => {
      const updates = await t.updates({ fetch: async () => make() });
      const { actions } = await t.stripe();
      const outcome = await updates.run(actions, "changeInterval", yearly);
      t.equal(outcome.error?.kind ?? outcome.type, kind);
      if (message) t.equal(outcome.error.message, message);
    },
  ),
  ...each(
    REJECTED,
    ([what, , kind]) => `fetch rejects with ${what}: ${kind}`,
    async (t, [, make, kind, applied]) => {
      globalThis.fetch = () => Promise.reject(make());
      const updates = await t.updates();
      const error = await t.rejection(updates.request("changeInterval", yearly)());
      t.same([error.kind, error.applied], [kind, applied]);
      if (kind === "refused") t.equal(error.message, "Sold out.");
    },
  ),
  "an AbortController in place of its signal is an outcome, nothing sent": async (t) => {
    const shop = t.shop();
    const updates = await t.updates();
    const { actions } = await t.stripe();
    const outcome = await updates.run(actions, "changeInterval", yearly, { signal: new AbortController() });
    const { kind, applied, field } = outcome.error;
    t.same([outcome.type, kind, applied, field], ["error", "invalid_intent", "no", "signal"]);
    t.equal(shop.requests.length, 0);
  },
  "a failure can be cloned, and is a record of its own": async (t) => {
    const updates = await t.updates({ fetch: async () => new Response("", { status: 503 }) });
    const error = await t.rejection(updates.request("changeInterval", yearly)());
    if (typeof structuredClone === "function") {
      t.equal(structuredClone(error).message, error.message);
      // Its own members: browsers clone none of an error.
      t.equal(structuredClone({ ...error }).kind, "server_error");
    }
    const [noted] = updates.metrics().failures;
    noted.kind = "changed";
    t.equal(error.kind, "server_error");
  },
  "the option fetch is used in place of the global one": async (t) => {
    const asked = [];
    globalThis.fetch = () => Promise.reject(new Error("not this one"));
    const own = (url, init) => {
      asked.push([url, init.method]);
      return Promise.resolve(new Response('{"type":"success"}'));
    };
    const updates = await t.updates({ fetch: own });
    t.equal((await updates.request("changeInterval", yearly)()).status, 200);
    t.same(asked, [["/update", "POST"]]);
  },
  "a signal that fetch refuses is left out, and the deadline holds": clocked(async (t) => {
    // As jsdom's is for Node's fetch, and a polyfill's for a browser's.
    globalThis.AbortController = class {
      signal = Object.assign(new EventTarget(), { aborted: false });
      abort() {
        this.signal.aborted = true;
      }
    };
    const { key, url } = t.fault("success");
    const updates = await t.updates({ url });
    t.equal((await updates.request("changeInterval", yearly)()).status, 200);
    t.equal((await t.received(key)).length, 1);
    const silent = await t.updates({ url: t.fault("silent").url });
    const called = t.rejection(silent.request("changeInterval", yearly)());
    await t.rest();
    await t.clock.pass(19_501);
    t.equal((await called).kind, "timeout");
  }),
  "a Request that cannot be made leaves the update to fetch": async (t) => {
    globalThis.Request = class {
      constructor() {
        throw "no request";
      }
    };
    const { key, url } = t.fault("success");
    const updates = await t.updates({ url });
    t.equal((await updates.request("changeInterval", yearly)()).status, 200);
    const [request] = await t.received(key);
    t.match(request.headers.find(([name]) => name.toLowerCase() === "content-type")[1], /^application\/json/);
  },
  "without Headers too": async (t) => {
    delete globalThis.Headers;
    const { key, url } = t.fault("success");
    const updates = await t.updates({ url });
    t.equal((await updates.request("changeInterval", yearly)()).status, 200);
    t.equal((await t.received(key)).length, 1);
  },
  "without fetch nothing was sent": async (t) => {
    delete globalThis.fetch;
    const updates = await t.updates();
    const { actions, fake } = await t.stripe();
    const { error } = await updates.run(actions, "changeInterval", yearly);
    t.same([error.applied, updates.isStale()], ["no", false]);
    t.ok(["network", "unavailable"].includes(error.kind), error.kind);
    t.match(error.detail, /fetch/);
    t.ok(fake.updates.length > 0);
  },
  "Array.from of another library: each report tells what is new, once": async (t) => {
    const sent = [];
    // Prototype's.
    Array.from = (iterable) => (iterable && iterable.toArray ? iterable.toArray() : [...(iterable ?? [])].slice(0));
    navigator.sendBeacon = (url, text) => sent.push(JSON.parse(text)) > 0;
    const { url } = t.fault("success");
    const updates = await t.updates({ url });
    updates.reportTo("/metrics");
    await updates.request("changeInterval", yearly)();
    hide();
    hide();
    await updates.request("changeInterval", yearly)();
    hide();
    t.same(
      sent.map(({ endpoints }) => endpoints.changeInterval.updates),
      [1, 1],
    );
  },
  "a page that seemed to be left and stays: what was lost is a failure after all": clocked(async (t) => {
    const told = [];
    const shop = t.shop();
    const updates = await t.updates({ onFailure: ({ kind }) => told.push(kind) });
    const called = t.rejection(updates.request("changeInterval", yearly)());
    const order = await shop.next();
    dispatchEvent(new Event("beforeunload", { cancelable: true }));
    order.fail();
    await t.rest();
    t.same([updates.isPending(), told], [true, []], "the page may be about to go");
    await t.clock.pass(5_000);
    t.equal((await called).kind, "network");
    t.same(told, ["network"]);
  }),
  ...each(
    [
      ["is missing", undefined],
      [
        "throws",
        () => {
          throw new TypeError("beacon");
        },
      ],
      ["refuses", () => false],
    ],
    ([what]) => `a beacon that ${what}: a request that is kept alive, or the news is kept`,
    async (t, [, broken]) => {
      const sent = [];
      const put = (value) => Object.defineProperty(navigator, "sendBeacon", { value, configurable: true });
      put(broken);
      const { url } = t.fault("success");
      const updates = await t.updates({ url });
      updates.reportTo("/metrics");
      await updates.request("changeInterval", yearly)();
      const { fetch } = globalThis;
      globalThis.fetch = () => {
        throw new TypeError("no request either");
      };
      hide();
      hide();
      globalThis.fetch = fetch;
      put((url, text) => sent.push(JSON.parse(text)) > 0);
      hide();
      hide();
      put(broken);
      await updates.request("changeInterval", yearly)();
      const requests = [];
      globalThis.fetch = (request) => {
        const { url, keepalive } = request;
        requests.push(request.json().then(({ endpoints }) => [url, keepalive, endpoints.changeInterval.updates]));
        return Promise.resolve(new Response());
      };
      hide();
      hide();
      globalThis.fetch = fetch;
      t.same(
        sent.map(({ endpoints }) => endpoints.changeInterval.updates),
        [1],
      );
      t.same(await Promise.all(requests), [[`${location.origin}/metrics`, true, 1]]);
    },
  ),
  "after dispose the page's own listeners go on, and none of ours was removed by a signal": async (t) => {
    // zone.js up to 0.14.3 takes a listener's `signal` for a reason to remove those of others.
    const given = [];
    const add = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (kind, listener, options) {
      if (this === window || this === document) given.push([kind, options]);
      return add.call(this, kind, listener, options);
    };
    const shop = t.shop();
    const updates = await t.updates();
    const sent = updates.request("changeInterval", yearly)();
    (await shop.next()).answer();
    await sent;
    updates.dispose();
    EventTarget.prototype.addEventListener = add;
    t.ok(given.length > 0);
    t.same(
      given.filter(([, options]) => options !== undefined),
      [],
    );
    let heard = 0;
    addEventListener("online", () => (heard += 1));
    dispatchEvent(new Event("online"));
    t.equal(heard, 1);
  },
  "with zone.js 0.14.3 the page's later listeners fire after dispose": async (t) => {
    const script = document.createElement("script");
    script.src = "/zone/zone.umd.js";
    const loaded = new Promise((resolve) => script.addEventListener("load", resolve));
    document.head.append(script);
    await loaded;
    t.ok(globalThis.Zone);
    // Its own.
    performance.clearMeasures();
    const updates = await t.updates({ url: t.fault("success").url });
    const { actions } = await t.stripe();
    t.equal((await updates.run(actions, "changeInterval", yearly)).type, "success");
    updates.dispose();
    const heard = [];
    for (const [target, kind] of [
      [window, "online"],
      [window, "pageshow"],
      [document, "visibilitychange"],
    ]) {
      target.addEventListener(kind, () => heard.push(kind));
      target.dispatchEvent(new Event(kind));
    }
    t.same(heard, ["online", "pageshow", "visibilitychange"]);
    t.equal((await updates.run(actions, "changeInterval", yearly)).type, "success");
  },
  "four quick presses of a stepper end at the fourth": async (t) => {
    const shop = t.shop();
    const { updates, shown, press, row } = await stepper(t);
    const presses = [press(), press(), press(), press()];
    t.equal(shown(), 5);
    t.same(
      [updates.isPending("setQuantity", row), updates.isPending("setQuantity", { line_item: "li_b" })],
      [true, false],
    );
    // The first is under way; of the others the last alone is sent.
    for (const expected of [2, 5]) {
      const order = await shop.next();
      t.equal(order.body.quantity, expected);
      order.answer(200, { type: "success", quantity: expected });
    }
    const types = (await Promise.all(presses)).map(({ type }) => type);
    t.same(types, ["success", "cancelled", "cancelled", "success"]);
    t.same([shown(), updates.pendingIntent("setQuantity", row), shop.requests.length], [5, undefined, 2]);
  },
  "what was refused is no longer wanted": async (t) => {
    const shop = t.shop();
    const { updates, shown, press, row } = await stepper(t);
    const outcome = press();
    t.equal(shown(), 2);
    (await shop.next()).answer(400, { type: "error", message: "Only 1 left." });
    t.equal((await outcome).error.message, "Only 1 left.");
    t.same([shown(), updates.isPending("setQuantity", row)], [1, false]);
  },
  "one object for two checkouts: doubt stays with the session in which it arose": clocked(async (t) => {
    const { createUpdates, endpoint } = await t.module("index");
    const shop = t.shop();
    const one = await t.stripe({ session: { id: "cs_test_one" } });
    const two = await t.stripe({ session: { id: "cs_test_two" } });
    const updates = t.keep(createUpdates({ endpoints: { gift: endpoint("/update", {}) } }));
    await updates.ready;
    const lost = updates.run(one.actions, "gift", {});
    (await shop.next()).fail();
    await t.clock.pass(1);
    t.equal((await lost).error.kind, "network");
    const before = one.fake.updates.length;
    const later = updates.run(two.actions, "gift", {});
    (await shop.next()).answer();
    t.equal((await later).type, "success");
    await updates.refresh(two.actions);
    t.equal(updates.isStale(), true, "the other's refresh does not end it");
    await t.clock.pass(5_002);
    t.same([updates.isStale(), one.fake.updates.length], [false, before + 1], "its own does");
  }),
  "dispose called by a listener while dispose runs: nothing is counted below nothing": async (t) => {
    const shop = t.shop();
    const { actions } = await t.stripe();
    const updates = await t.updates();
    const begun = [];
    updates.subscribe(() => {
      if (updates.isPending()) return;
      updates.dispose();
      if (begun.length < 1) begun.push(updates.run(actions, "changeInterval", monthly));
    });
    const outcome = updates.run(actions, "changeInterval", yearly);
    await shop.next();
    updates.dispose();
    t.same([(await outcome).type, (await outcome).error.reason], ["cancelled", "disposed"]);
    t.equal(begun.length, 1);
    (await shop.next()).answer();
    t.ok(["success", "cancelled"].includes((await begun[0]).type), "what a listener began has its outcome");
    const { changeInterval } = updates.metrics().endpoints;
    for (const [name, count] of Object.entries(changeInterval)) {
      if (typeof count === "number") t.ok(count >= 0, `${name}: ${count}`);
    }
  },
  "useWasm after createUpdates and the first update, in the same task": loading(async (t) => {
    const { createUpdates, useWasm, endpoint } = await t.module("slim");
    const updates = t.keep(
      createUpdates({ session: () => t.SESSION, endpoints: { gift: endpoint(t.fault("success").url, {}) } }),
    );
    const sent = updates.request("gift", {})();
    useWasm("/dist/checkout_updates.wasm");
    t.equal((await sent).status, 200);
  }),
  "after a trap the counters go on": framed({ dist: "dist-trap" }, async (t) => {
    const shop = t.shop();
    const updates = await t.updates();
    const sent = updates.request("changeInterval", yearly)();
    (await shop.next()).answer();
    await sent;
    const called = t.rejection(updates.request("changeInterval", yearly)());
    await shop.next();
    await t.trapNext();
    updates.cancel();
    t.equal((await called).kind, "internal");
    const again = updates.request("changeInterval", yearly)();
    (await shop.next()).answer();
    await again;
    const { updates: count, successes, failures } = updates.metrics().endpoints.changeInterval;
    t.same([count, successes, failures], [3, 2, { internal: 1 }]);
  }),
  "an engine that cannot be opened loses no update": framed({ dist: "dist-trap" }, async (t) => {
    const told = [];
    const updates = await t.updates({ onFailure: ({ kind }) => told.push(kind) });
    const own = globalThis.WeakMap;
    globalThis.WeakMap = function () {
      throw new Error("no map here");
    };
    const { actions } = await t.stripe();
    for (let times = 0; times < 2; times++) {
      const { error } = await updates.run(actions, "changeInterval", yearly);
      t.same([error.kind, error.applied], ["internal", "no"]);
      t.equal((await t.rejection(updates.request("changeInterval", yearly)())).kind, "internal");
    }
    t.same([told.length, updates.isPending()], [4, false]);
    globalThis.WeakMap = own;
    const shop = t.shop();
    const sent = updates.request("changeInterval", yearly)();
    (await shop.next()).answer();
    t.equal((await sent).ok, true);
  }),
  "a policy that lets the module be compiled and refuses the instance gets the plain engine": loading(async (t) => {
    // As WebKit does without 'wasm-unsafe-eval'.
    const refuse = () => {
      throw new WebAssembly.CompileError("Refused to create a WebAssembly object because of the policy");
    };
    WebAssembly.Instance = refuse;
    WebAssembly.instantiate = async () => refuse();
    WebAssembly.instantiateStreaming = WebAssembly.instantiate;
    const updates = await t.updates({ url: t.fault("success").url });
    t.equal((await updates.request("changeInterval", yearly)()).status, 200);
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    t.ok(
      loaded.some((name) => /\/no-wasm-/.test(name)),
      loaded,
    );
  }),
  "onSettled tells of every update that settled": async (t) => {
    const told = [];
    const shop = t.shop();
    const { actions } = await t.stripe();
    const updates = await t.updates({ onSettled: (record) => told.push(record) });
    const success = updates.run(actions, "changeInterval", yearly);
    (await shop.next()).answer(200, { type: "success" }, { "request-id": "req_1" });
    await success;
    const refused = updates.run(actions, "changeInterval", yearly);
    (await shop.next()).answer(400);
    await refused;
    await updates.run(actions, "changeInterval", yearly, { signal: AbortSignal.abort() });
    t.same(
      told.map(({ endpoint, outcome, kind, applied, attempts, requestId }) =>
        [endpoint, outcome, kind, applied, attempts, requestId].join(" "),
      ),
      [
        "changeInterval success  yes 1 req_1",
        "changeInterval error refused no 1 ",
        "changeInterval cancelled cancelled no 0 ",
      ],
    );
    for (const { waitedMs, durationMs } of told) {
      t.ok(Number.isInteger(waitedMs) && Number.isInteger(durationMs) && waitedMs >= 0 && durationMs >= 0);
    }
  },
  "messages may be a function of the failure": async (t) => {
    const { url } = t.fault("status?code=500");
    const updates = await t.updates({ url, messages: ({ kind, status }) => `${kind} ${status}: sorry` });
    const error = await t.rejection(updates.request("changeInterval", yearly)());
    t.equal(error.message, "server_error 500: sorry");
    const silent = await t.updates({ url, messages: () => undefined });
    t.match(
      (await t.rejection(silent.request("changeInterval", yearly)())).message,
      /^Your change may not have been saved\./,
    );
  },
  "what is for the author is in detail, and not in the customer's message": async (t) => {
    const updates = await t.updates();
    const unfit = await t.rejection(updates.request("changeInterval", { interval: "weekly" })());
    t.match(unfit.detail, /"interval"/);
    t.ok(!unfit.message.includes("interval"), unfit.message);
    const { url } = t.fault(`answer?code=400&body=${encodeURIComponent('{"error":"out_of_stock"}')}`);
    const coded = await t.updates({ url });
    const error = await t.rejection(coded.request("changeInterval", yearly)());
    t.ok(!error.message.includes("out_of_stock"), error.message);
  },
  "text takes what a customer types, byte for byte": async (t) => {
    const { text } = await t.module("index");
    const { key, url } = t.fault("success");
    const updates = await t.updates({ url, rules: { code: text(20) } });
    for (const code of ["SUMMER 20", "NOËL", "  x", "🎁 100%"]) {
      t.equal((await updates.request("changeInterval", { code })()).status, 200);
    }
    const bodies = (await t.received(key, 4)).map(({ body }) => JSON.parse(body).code);
    t.same(bodies, ["SUMMER 20", "NOËL", "  x", "🎁 100%"]);
    for (const code of ["", "x".repeat(21), "a\nb", "\u0000", "\ud800", "sk_live_1", "cs_test_a_secret_b", 7, null]) {
      t.equal((await t.rejection(updates.request("changeInterval", { code })())).kind, "invalid_intent");
    }
  },
  "a checkbox stays true to the session": async (t) => {
    const { bindSwitch } = await t.module("switch");
    const shop = t.shop();
    const { actions } = await t.stripe();
    const updates = await t.updates();
    document.body.innerHTML = '<label><input type="checkbox"> Yearly</label>';
    const box = document.querySelector("input");
    bindSwitch(box, { updates, actions, name: "changeInterval", on: yearly, off: monthly });
    t.same([box.getAttribute("role"), box.checked, box.hasAttribute("aria-checked")], ["switch", false, false]);
    const pressed = async (status) => {
      box.click();
      await t.rest();
      await new Promise((resolve) => setTimeout(resolve));
      const during = box.checked;
      (await shop.next()).answer(status, status === 200 ? { type: "success" } : { error: "Sold out." });
      await updates.settled();
      await t.rest();
      return [during, box.checked, document.querySelector("[role=status]").textContent];
    };
    t.same(await pressed(200), [false, true, ""]);
    t.same(await pressed(400), [true, true, "Sold out."]);
    // A page that Turbo restores is a clone.
    const clone = document.body.cloneNode(true);
    document.body.replaceWith(clone);
    bindSwitch(clone.querySelector("input"), { updates, actions, name: "changeInterval", on: yearly, off: monthly });
    const regions = [...document.querySelectorAll("[role=status]")];
    t.same(
      regions.map(({ textContent }) => textContent),
      [""],
    );
  },
  "a browser that lacks what came after Safari 15.0 runs, fails, heals and pays": framed({ old: "" }, async (t) => {
    t.equal("at" in Array.prototype || "timeout" in AbortSignal || "randomUUID" in crypto, false, "the page is old");
    const { key, url } = t.fault("success");
    const updates = await t.updates({ url });
    const { actions } = await t.stripe();
    t.equal((await updates.run(actions, "changeInterval", yearly)).type, "success");
    t.equal((await t.recorded(key)).length, 1);
    const broken = await t.updates({ url: t.fault("status?code=500").url });
    const { error } = await broken.run(actions, "changeInterval", monthly);
    t.same([error.kind, error.applied], ["server_error", "unknown"]);
    const { type, result } = await updates.pay(actions, async () => "paid");
    t.same([type, result], ["confirmed", "paid"]);
  }),
};

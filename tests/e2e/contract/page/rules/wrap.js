import { clocked } from "../lib/rule.js";

export const title = "3.12 wrap";

export const rules = {
  "the value goes through untouched": async (t) => {
    const updates = await t.updates();
    const made = new Response('{"a":1}', { status: 201 });
    for (const value of [undefined, null, 0, "", false, { ok: false }, { status: 500 }, [], Symbol.iterator, made]) {
      t.equal(await updates.wrap("own", async () => value)(), value);
    }
    t.equal(made.bodyUsed, false);
    t.equal(await updates.wrap("own", () => "not a promise")(), "not a promise");
    t.same(await updates.wrap("own", () => ({ then: (resolve) => resolve("a thenable") }))(), "a thenable");
    t.equal(updates.metrics().endpoints.own.successes, 12);
  },
  "an ok Response that says error is none of our business": async (t) => {
    const updates = await t.updates();
    const made = new Response('{"type":"error"}');
    t.equal(await updates.wrap("own", async () => made)(), made);
  },
  "a Response that is not ok is a failure as in 3.4": async (t) => {
    const updates = await t.updates();
    for (const [status, kind, applied] of [
      [400, "refused", "no"],
      [409, "refused", "unknown"],
      [429, "rate_limited", "no"],
      [408, "server_error", "unknown"],
      [500, "server_error", "unknown"],
    ]) {
      const body = '{"type":"error","message":"Sold out."}';
      const update = updates.wrap(
        "own",
        async () => new Response(body, { status, headers: { "request-id": "req_1" } }),
      );
      const error = await t.rejection(update());
      t.same([error.kind, error.applied, error.status], [kind, applied, status]);
      const isNo = kind === "refused" || kind === "rate_limited";
      t.equal(isNo ? error.message : error.detail, "Sold out.");
      t.same([error.requestId, error.endpoint], ["req_1", "own"]);
      t.equal(update.failure, error);
    }
  },
  "what it throws is callback_failed and unknown": async (t) => {
    const updates = await t.updates();
    const cause = new Error("MARKER");
    for (const own of [
      () => {
        throw cause;
      },
      () => Promise.reject(cause),
    ]) {
      const update = updates.wrap("own", own);
      const error = await t.rejection(update());
      t.same([error.kind, error.applied, error.endpoint], ["callback_failed", "unknown", "own"]);
      t.equal(error.cause, cause);
      t.ok(!`${error.message}${JSON.stringify(error)}`.includes("MARKER"));
      t.equal(update.failure, error);
    }
    t.same(updates.metrics().endpoints.own.failures, { callback_failed: 2 });
  },
  "it has the deadline, at which its signal is aborted": clocked(async (t) => {
    const updates = await t.updates({ timeoutMs: 3_000 });
    let signal;
    const update = updates.wrap("own", (given) => {
      signal = given;
      return new Promise(() => {});
    });
    const promise = update();
    t.ok(signal instanceof AbortSignal);
    t.equal(updates.isPending("own"), true);
    await t.clock.pass(2_999);
    t.equal(signal.aborted, false);
    await t.clock.pass(2);
    const error = await t.rejection(promise);
    t.same([error.kind, error.applied, error.attempts], ["timeout", "unknown", 1]);
    t.equal(signal.aborted, true);
    t.equal(updates.isPending(), false);
  }),
  "what it fetches is aborted with it": async (t) => {
    const { key, url } = t.fault("silent");
    const updates = await t.updates({ timeoutMs: 200 });
    const update = updates.wrap("own", (signal) => fetch(url, { method: "POST", signal }));
    t.equal((await t.rejection(update())).kind, "timeout");
    const [request] = await t.received(key, 1, 1);
    t.equal(request.end, "left");
  },
  "a signal that is not aborted stays so after a success": async (t) => {
    const updates = await t.updates();
    let signal;
    await updates.wrap("own", async (given) => void (signal = given))();
    await t.rest();
    t.equal(signal.aborted, false);
  },
  "it sends nothing of ours: no key, no session, no token": async (t) => {
    const { key, url } = t.fault("success");
    let asked = 0;
    const count = () => {
      asked += 1;
      return "x";
    };
    const updates = await t.updates({ session: count, csrf: { header: "X-CSRF-Token", token: count } });
    await updates.wrap("own", () => fetch(url, { method: "POST", body: "{}" }))();
    const [request] = await t.received(key);
    t.equal(request.body, "{}");
    t.ok(!request.headers.some(([name]) => /idempotency|csrf/i.test(name)));
    t.equal(asked, 0);
  },
  "names share their counts, and there may be many": async (t) => {
    const updates = await t.updates();
    for (let number = 0; number < 100; number++) await updates.wrap(`name ${number}`, async () => number)();
    await updates.wrap("name 0", async () => 0)();
    const { endpoints } = updates.metrics();
    t.equal(endpoints["name 0"].updates, 2);
    t.ok(Object.keys(endpoints).length <= 65, Object.keys(endpoints).length);
    const all = Object.values(endpoints).reduce((sum, { updates: count }) => sum + count, 0);
    t.equal(all, 101, "none is lost");
  },
  "a value that says otherwise each time it is asked is nobody's unhandled rejection": async (t) => {
    const updates = await t.updates();
    const cause = new Error("asked too often");
    for (let answered = 1; answered <= 8; answered++) {
      let asked = 0;
      // What a promise is given is asked for its `then`, and a promise that it goes on to asks again.
      const value = {
        get then() {
          asked += 1;
          if (asked > answered) throw cause;
          return undefined;
        },
      };
      const given = await updates
        .wrap("own", () => value)()
        .then(
          () => null,
          (error) => error,
        );
      t.ok(given === null || given === cause, `after ${answered}`);
    }
  },
  "what is no function is a TypeError": async (t) => {
    const updates = await t.updates();
    for (const own of [undefined, null, {}, "x"]) t.thrown(() => updates.wrap("own", own), TypeError);
  },
};

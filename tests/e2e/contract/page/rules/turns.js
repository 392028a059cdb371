import { CANCELLED, PATHS, SIGNAL, declare, early, open, serve, types } from "../lib/queue.js";
import { clocked, loading } from "../lib/rule.js";

export const title = "3.7 One update at a time: what waits for the engine, and what is under way";

/** Rules of the time before the engine is there. */
const beforehand = {
  "before the engine: cancel() drops all, and nothing is sent": async (t) => {
    const it = await early(t);
    const outcomes = [true, false].map((selected) => it.updates.run(it.actions, "addGift", { selected }));
    it.updates.cancel();
    t.same(await types(outcomes), [CANCELLED, CANCELLED]);
    t.equal(it.updates.isPending(), false);
    await it.go();
    await t.rest();
    t.equal(it.shop.requests.length, 0);
  },
  "before the engine: functions of request and wrap wait too": async (t) => {
    const it = await early(t);
    const calls = [];
    const wrapped = it.updates.wrap("own", async () => calls.push("own"));
    const update = it.updates.request("addGift", { selected: true });
    const promises = [it.updates.run(it.actions, "changeInterval", { interval: "yearly" }), wrapped(), update()];
    t.equal(it.updates.isPending("own"), true);
    await t.rest();
    t.same(calls, []);
    await it.go();
    t.equal(await promises[1], 1);
    const orders = [await it.shop.next(), await it.shop.next()];
    // What the page calls itself is sent at once; what `run` hands to Stripe.js is called by that.
    t.same(orders.map(({ path }) => path).sort(), ["/gift", "/interval"]);
    for (const order of orders) order.answer();
    t.same(await types(promises.slice(0, 1)), ["success"]);
    t.equal((await promises[2]).ok, true);
  },
  "before the engine: refresh waits, and is not pending": async (t) => {
    const it = await early(t);
    const refreshed = it.updates.refresh(it.actions);
    t.equal(it.updates.isPending(), false);
    t.equal(it.fake.updates.length, 0);
    await it.go();
    t.same([(await refreshed).type, (await refreshed).session.id], ["success", t.SESSION]);
  },
  "before the engine: one that is not there at the deadline is unavailable, nothing sent": clocked(async (t) => {
    const it = await early(t, undefined, { timeoutMs: 3_000 });
    const outcome = it.updates.run(it.actions, "addGift", { selected: true });
    await t.clock.pass(2_999);
    t.equal(await t.isSettled(outcome), false);
    await t.clock.pass(1);
    const { error } = await outcome;
    t.same([error.kind, error.applied, error.attempts, error.durationMs], ["unavailable", "no", 0, 3_000]);
    await it.go();
    await t.rest();
    t.equal(it.shop.requests.length, 0, "nor later");
    const again = it.updates.run(it.actions, "addGift", { selected: true });
    await serve(t, it, 1);
    t.same(await types([again]), ["success"]);
    t.same(it.updates.metrics().endpoints.addGift.failures, { unavailable: 1 });
  }),
  "before the engine: a load that fails is unavailable for each, and is tried again by the next": async (t) => {
    const module = await t.module("slim");
    module.useWasm("/dist/none.wasm");
    const { actions } = await t.stripe();
    const shop = t.shop(...PATHS);
    const endpoints = await declare(module);
    const updates = t.keep(module.createUpdates({ session: () => t.SESSION, endpoints }));
    const run = (selected) => updates.run(actions, "addGift", { selected });
    const outcomes = await Promise.all([run(true), run(false)]);
    for (const { error } of outcomes) {
      t.same([error.kind, error.applied], ["unavailable", "no"]);
      t.match(error.detail, /404/);
    }
    t.same(updates.metrics().endpoints.addGift.failures, { unavailable: 2 });
    module.useWasm("/dist/checkout_updates.wasm");
    const again = run(true);
    (await shop.next()).answer();
    t.same(await types([again]), ["success"]);
    t.equal(shop.requests.length, 1);
    const { updates: count, successes, failures } = updates.metrics().endpoints.addGift;
    t.same([count, successes, failures], [3, 1, { unavailable: 2 }]);
  },
  "before the engine: one aborted beforehand loads nothing": async (t) => {
    const { createUpdates, useWasm } = await t.module("slim");
    const endpoints = await declare(await t.module("slim"));
    let loads = 0;
    const own = globalThis.fetch;
    globalThis.fetch = (url, init) => {
      if (/wasm$/.test(String(url))) loads += 1;
      return own(url, init);
    };
    useWasm("/dist/none.wasm");
    const updates = t.keep(createUpdates({ session: () => t.SESSION, endpoints }));
    await t.rejection(updates.ready);
    t.ok(loads >= 1);
    const before = loads;
    const { actions } = await t.stripe();
    const outcome = updates.run(actions, "addGift", { selected: true }, { signal: AbortSignal.abort() });
    t.same(await types([outcome]), [SIGNAL]);
    await t.rest();
    t.equal(loads, before);
    const failed = updates.run(actions, "addGift", { selected: true });
    t.same(await types([failed]), ["error unavailable no"]);
    t.equal(loads, before + 1, "another one tries again");
  },
};

/** Rules of what is under way, which there is only with an engine. */
const running = {
  "cancel() leaves what runs": async (t) => {
    const it = await open(t);
    const outcomes = [true, false].map((selected) => it.updates.run(it.actions, "addGift", { selected }));
    const order = await it.shop.next();
    it.updates.cancel();
    t.same(await types(outcomes.slice(1)), [CANCELLED]);
    t.equal(order.signal.aborted, false);
    order.answer();
    t.same(await types(outcomes.slice(0, 1)), ["success"]);
  },
  "a signal aborts what runs for nobody else, and the page is stale": async (t) => {
    const it = await open(t);
    const control = new AbortController();
    const outcome = it.updates.run(it.actions, "addGift", { selected: true }, { signal: control.signal });
    const order = await it.shop.next();
    const settled = it.updates.settled();
    control.abort();
    t.equal(order.signal.aborted, true);
    t.same(await types([outcome]), ["cancelled cancelled signal unknown"]);
    t.same(await settled, { stale: true }, "whoever hears that nothing is pending has heard of that");
    t.same([it.updates.isPending(), it.updates.isStale()], [false, true]);
    t.equal(it.updates.metrics().failures.length, 0);
  },
  "a signal of one caller of two leaves what runs": async (t) => {
    const it = await open(t);
    const control = new AbortController();
    const run = (options) => it.updates.run(it.actions, "addGift", { selected: true }, options);
    const outcomes = [run(), run({ signal: control.signal })];
    const order = await it.shop.next();
    control.abort();
    t.equal(order.signal.aborted, false);
    t.same(await types(outcomes.slice(1)), ["cancelled cancelled signal unknown"]);
    order.answer();
    t.same(await types(outcomes.slice(0, 1)), ["success"]);
  },
  "a signal that fires later does nothing": async (t) => {
    const it = await open(t);
    const control = new AbortController();
    const outcome = it.updates.run(it.actions, "addGift", { selected: true }, { signal: control.signal });
    await serve(t, it, 1);
    t.same(await types([outcome]), ["success"]);
    control.abort();
    await t.rest();
    t.equal(it.updates.isStale(), false);
  },
  "nobody waits longer than 20 s for a turn": clocked(async (t) => {
    const it = await open(t, undefined, { stripe: { limitMs: 60_000 } });
    const first = it.updates.wrap("slow", () => new Promise(() => {}));
    void it.updates.run({ getSession: it.actions.getSession, runServerUpdate: () => new Promise(() => {}) }, first);
    const outcome = it.updates.run(it.actions, "addGift", { selected: true });
    await t.clock.pass(19_999);
    t.equal(await t.isSettled(outcome), false);
    await t.clock.pass(2);
    const { error } = await outcome;
    t.same([error.kind, error.applied, error.attempts], ["timeout", "no", 0]);
    t.equal(it.shop.requests.length, 0);
  }),
  "dispose aborts what runs, and lets go of everything": async (t) => {
    const it = await open(t);
    const added = [];
    const outcome = it.updates.run(it.actions, "addGift", { selected: true });
    const update = it.updates.request("addGift", { selected: false });
    const called = t.rejection(update());
    const orders = [await it.shop.next(), await it.shop.next()];
    const refreshed = it.updates.refresh(it.actions);
    it.updates.subscribe(() => added.push(it.updates.isPending()));
    it.updates.dispose();
    t.same(
      orders.map(({ signal }) => signal.aborted),
      [true, true],
    );
    t.same(await types([outcome]), ["cancelled cancelled disposed unknown"]);
    t.same([(await called).kind, (await called).reason], ["cancelled", "disposed"]);
    t.same([(await refreshed).type, (await refreshed).error.kind], ["error", "cancelled"]);
    t.same([it.updates.isPending(), it.updates.isStale()], [false, false]);
    t.same(await it.updates.settled(), { stale: false });
    t.same(added, [false]);
    const before = it.fake.updates.length;
    window.dispatchEvent(new Event("online"));
    await t.rest();
    t.equal(it.fake.updates.length, before, "nothing is refreshed");
  },
  "dispose leaves no timer": clocked(async (t) => {
    const it = await open(t);
    const outcome = it.updates.run(it.actions, "addGift", { selected: true });
    (await it.shop.next()).answer(500);
    await outcome;
    t.ok(t.clock.timers() > 0, "it looks again later");
    it.updates.dispose();
    await t.rest();
    t.equal(t.clock.timers(), 0);
  }),
  "a settled update leaves no timer": clocked(async (t) => {
    const it = await open(t);
    const outcome = it.updates.run(it.actions, "addGift", { selected: true });
    await serve(t, it, 1);
    t.same(await types([outcome]), ["success"]);
    await t.rest();
    t.equal(t.clock.timers(), 0);
  }),
  "dispose is Symbol.dispose, and a React effect that runs twice does no harm": async (t) => {
    const it = await open(t);
    const { dispose } = it.updates;
    t.equal(it.updates[Symbol.dispose ?? Symbol.for("Symbol.dispose")], dispose);
    for (let effect = 0; effect < 3; effect++) {
      dispose();
      dispose();
      const outcome = it.updates.run(it.actions, "addGift", { selected: true });
      await serve(t, it, 1);
      t.same(await types([outcome]), ["success"]);
    }
  },
  "dispose inside a callback of the engine": async (t) => {
    const it = await open(t, undefined, { onFailure: () => it.updates.dispose() });
    const outcomes = [true, false].map((selected) => it.updates.run(it.actions, "addGift", { selected }));
    (await it.shop.next()).answer(400);
    t.match(
      (await types(outcomes)).join(", "),
      /^(error refused no|cancelled cancelled disposed unknown), cancelled cancelled disposed no$/,
    );
    const again = it.updates.run(it.actions, "changeInterval", { interval: "yearly" });
    await serve(t, it, 1);
    t.same(await types([again]), ["success"]);
  },
  "a callback may call: a wrapped function and a CSRF token run another": async (t) => {
    const inner = [];
    const it = await open(t, undefined, {
      csrf: {
        header: "X-CSRF-Token",
        token() {
          if (inner.length === 0) inner.push(it.updates.run(it.actions, "changeInterval", { interval: "yearly" }));
          return "token";
        },
      },
    });
    const first = it.updates.run(it.actions, "addGift", { selected: true });
    t.equal((await serve(t, it, 2)).length, 2);
    t.same(await types([first, ...inner]), ["success", "success"]);
    const own = it.updates.wrap("own", async () => {
      inner.push(it.updates.run(it.actions, "addGift", { selected: false }));
      it.updates.cancel("changeInterval");
      return it.updates.isPending("addGift");
    });
    const outcome = await it.updates.run(it.actions, own);
    t.same([outcome.type, outcome.body], ["success", true]);
    await serve(t, it, 1);
    t.same(await types(inner.slice(1)), ["success"]);
  },
  "two objects are independent, and meet only in Stripe.js' own queue": async (t) => {
    const one = await open(t);
    const two = await open(t);
    // One server: that of the second.
    const { actions, fake } = one;
    const first = one.updates.run(actions, "addGift", { selected: true });
    const order = await two.shop.next();
    const second = two.updates.run(actions, "addGift", { selected: true });
    await t.rest();
    t.equal(fake.updates.length, 2, "both were handed to Stripe.js");
    t.same([one.updates.isPending(), two.updates.isPending()], [true, true]);
    two.updates.cancel();
    one.updates.dispose();
    t.equal(order.signal.aborted, true);
    t.same(await types([first]), ["cancelled cancelled disposed unknown"]);
    (await two.shop.next()).answer();
    t.same(await types([second]), ["success"]);
    t.equal(one.updates.metrics().endpoints.addGift.updates, 0);
  },
};

export const rules = {
  ...Object.fromEntries(Object.entries(beforehand).map(([name, check]) => [name, loading(check)])),
  ...running,
};

import { clocked } from "../lib/rule.js";

export const title = "3.7 One update at a time";

/** The endpoints of these rules; `endpointOptions` is for the one that the rule is about. */
async function declare({ endpoint, oneOf, identifier, integer, flag }, { quantity, interval } = {}) {
  return {
    setQuantity: endpoint("/quantity", { line_item: identifier("li_"), quantity: integer(0, 10) }, quantity),
    changeInterval: endpoint("/interval", { interval: oneOf("monthly", "yearly") }, interval),
    addGift: endpoint("/gift", { selected: flag() }),
  };
}

const PATHS = ["/quantity", "/interval", "/gift"];

/** A page whose engine is there. `go` and `isEarly` are for rules that also hold before it is. */
async function open(t, endpointOptions, { stripe, ...options } = {}) {
  const module = await t.module("index");
  const { actions, fake } = await t.stripe(stripe);
  const endpoints = await declare(module, endpointOptions);
  const updates = t.keep(module.createUpdates({ session: () => t.SESSION, ...options, endpoints }));
  await updates.ready;
  return { updates, actions, fake, shop: t.shop(...PATHS), go: () => updates.ready, isEarly: false };
}

/** The same, whose engine arrives when the rule says `go`. */
async function early(t, endpointOptions, { stripe, ...options } = {}) {
  const module = await t.module("slim");
  let arrive;
  module.useWasm(new Promise((resolve) => (arrive = resolve)));
  const { actions, fake } = await t.stripe(stripe);
  const endpoints = await declare(module, endpointOptions);
  const updates = t.keep(module.createUpdates({ session: () => t.SESSION, ...options, endpoints }));
  const go = () => {
    arrive(new URL("/dist/checkout_updates.wasm", location.href));
    return updates.ready;
  };
  return { updates, actions, fake, shop: t.shop(...PATHS), go, isEarly: true };
}

/** Answers requests until there are none, and gives their bodies without the session. */
async function serve(t, it, count) {
  const bodies = [];
  for (let answered = 0; answered < count; answered++) {
    const order = await it.shop.next();
    const { checkout_session_id: session, ...intent } = order.body;
    t.equal(session, t.SESSION);
    bodies.push(intent);
    order.answer();
  }
  return bodies;
}

const types = async (outcomes) =>
  (await Promise.all(outcomes)).map(({ type, error }) =>
    [type, error?.kind, error?.reason, error?.applied].filter(Boolean).join(" "),
  );

const SUPERSEDED = "cancelled cancelled superseded no";
const CANCELLED = "cancelled cancelled cancelled no";
const SIGNAL = "cancelled cancelled signal no";
const DISPOSED = "cancelled cancelled disposed no";

/** Rules that hold whether the engine is there or not. */
const both = {
  "latest: only the last of what waits for one thing is sent, another's is left alone": async (t, start) => {
    const it = await start(t, { quantity: { latest: ["line_item"] } });
    const run = (line_item, quantity) => it.updates.run(it.actions, "setQuantity", { line_item, quantity });
    const outcomes = [run("li_a", 2), run("li_a", 3), run("li_b", 9), run("li_a", 4)];
    await it.go();
    t.same(await serve(t, it, 3), [
      { line_item: "li_a", quantity: 2 },
      { line_item: "li_b", quantity: 9 },
      { line_item: "li_a", quantity: 4 },
    ]);
    t.same(await types(outcomes), ["success", SUPERSEDED, "success", "success"]);
    t.equal(it.updates.metrics().endpoints.setQuantity.superseded, 1);
    t.equal(it.fake.updates.length, 3, "Stripe.js is called for what is sent");
  },
  "latest: true is for an endpoint with one field, and what is asked back shares what runs": async (t, start) => {
    const it = await start(t, { interval: { latest: true } });
    const run = (interval) => it.updates.run(it.actions, "changeInterval", { interval });
    const outcomes = [run("yearly"), run("monthly"), run("yearly")];
    await it.go();
    t.same(await serve(t, it, 1), [{ interval: "yearly" }]);
    t.same(await types(outcomes), ["success", SUPERSEDED, "success"]);
    await t.rest();
    t.equal(it.shop.requests.length, 1);
  },
  "another session's update is neither superseded nor joined": async (t, start) => {
    const it = await start(t, { interval: { latest: true } });
    const other = await t.stripe({ session: { id: "cs_test_other" } });
    const first = it.updates.run(it.actions, "addGift", { selected: true });
    const outcomes = [
      it.updates.run(it.actions, "changeInterval", { interval: "yearly" }),
      it.updates.run(other.actions, "changeInterval", { interval: "yearly" }, { session: "cs_test_other" }),
    ];
    await it.go();
    const sessions = [];
    for (let sent = 0; sent < 3; sent++) {
      const order = await it.shop.next();
      sessions.push(order.body.checkout_session_id);
      order.answer();
    }
    t.same(sessions, [t.SESSION, t.SESSION, "cs_test_other"]);
    t.same(await types([first, ...outcomes]), ["success", "success", "success"]);
  },
  "join: an update equal to the last in the queue shares its outcome": async (t, start) => {
    const it = await start(t);
    const run = (interval) => it.updates.run(it.actions, "changeInterval", { interval });
    const outcomes = [run("yearly"), run("yearly"), run("monthly"), run("monthly"), run("yearly")];
    await it.go();
    const sent = await serve(t, it, 3);
    t.same(
      sent.map(({ interval }) => interval),
      ["yearly", "monthly", "yearly"],
      "the last is equal to the first, not to the last before it",
    );
    t.same(await types(outcomes), Array(5).fill("success"));
    const [first, second] = await Promise.all(outcomes);
    t.equal(first.session, second.session);
    t.equal(it.updates.metrics().endpoints.changeInterval.joined, 2);
  },
  "join: a failure is shared too": async (t, start) => {
    const it = await start(t);
    const run = () => it.updates.run(it.actions, "changeInterval", { interval: "yearly" });
    const outcomes = [run(), run()];
    await it.go();
    (await it.shop.next()).answer(400);
    const [first, second] = await Promise.all(outcomes);
    t.equal(first.error.kind, "refused");
    t.equal(first.error, second.error);
    t.equal(it.updates.metrics().endpoints.changeInterval.updates, 1);
  },
  "join: false sends each": async (t, start) => {
    const it = await start(t, { interval: { join: false } });
    const run = () => it.updates.run(it.actions, "changeInterval", { interval: "yearly" });
    const outcomes = [run(), run()];
    await it.go();
    t.equal((await serve(t, it, 2)).length, 2);
    t.same(await types(outcomes), ["success", "success"]);
  },
  "updates run in the order in which they were asked for, one at a time": async (t, start) => {
    const it = await start(t);
    const outcomes = [
      it.updates.run(it.actions, "addGift", { selected: true }),
      it.updates.run(it.actions, "changeInterval", { interval: "yearly" }),
      it.updates.run(it.actions, "setQuantity", { line_item: "li_a", quantity: 1 }),
    ];
    await it.go();
    for (const [turn, path] of ["/gift", "/interval", "/quantity"].entries()) {
      const order = await it.shop.next();
      t.equal(order.path, path);
      await t.rest();
      t.equal(it.shop.requests.length, turn + 1);
      t.equal(it.fake.updates.length, turn + 1, "runServerUpdate is called when it is its turn");
      order.answer();
    }
    t.same(await types(outcomes), ["success", "success", "success"]);
  },
  "at most 32 wait, one more is busy": async (t, start) => {
    const it = await start(t, { interval: { join: false } });
    const run = () => it.updates.run(it.actions, "changeInterval", { interval: "yearly" });
    const outcomes = Array.from({ length: 34 }, run);
    await it.go();
    t.same(await types(outcomes.slice(33)), ["error busy no"]);
    const rest = types(outcomes.slice(0, 33));
    t.equal((await serve(t, it, 33)).length, 33);
    t.same(await rest, Array(33).fill("success"));
  },
  "cancel(name) drops what waits under that name": async (t, start) => {
    const it = await start(t);
    const outcomes = [
      it.updates.run(it.actions, "addGift", { selected: true }),
      it.updates.run(it.actions, "changeInterval", { interval: "yearly" }),
      it.updates.run(it.actions, "setQuantity", { line_item: "li_a", quantity: 1 }),
    ];
    it.updates.cancel("changeInterval");
    it.updates.cancel("other");
    t.same(await types(outcomes.slice(1, 2)), [CANCELLED]);
    await it.go();
    t.equal((await serve(t, it, 2)).length, 2);
    t.same(await types(outcomes), ["success", CANCELLED, "success"]);
    t.equal(it.updates.metrics().failures.length, 0);
  },
  "a signal detaches a caller that waits": async (t, start) => {
    const it = await start(t);
    const control = new AbortController();
    const first = it.updates.run(it.actions, "addGift", { selected: true });
    const second = it.updates.run(it.actions, "changeInterval", { interval: "yearly" }, { signal: control.signal });
    control.abort();
    t.same(await types([second]), [SIGNAL]);
    await it.go();
    await serve(t, it, 1);
    t.same(await types([first]), ["success"]);
    await t.rest();
    t.equal(it.shop.requests.length, 1);
  },
  "a signal detaches its own caller: the shared update goes on": async (t, start) => {
    const it = await start(t);
    const control = new AbortController();
    const run = (options) => it.updates.run(it.actions, "changeInterval", { interval: "yearly" }, options);
    const outcomes = [run({ signal: control.signal }), run()];
    control.abort();
    t.same(await types(outcomes.slice(0, 1)), [SIGNAL]);
    await it.go();
    t.equal((await serve(t, it, 1)).length, 1);
    t.same(await types(outcomes), [SIGNAL, "success"]);
  },
  "one aborted beforehand sends nothing and calls nothing": async (t, start) => {
    const it = await start(t);
    const update = it.updates.request("changeInterval", { interval: "yearly" });
    const signal = AbortSignal.abort();
    const outcomes = [
      it.updates.run(it.actions, "changeInterval", { interval: "yearly" }, { signal }),
      it.updates.run(it.actions, update, { signal }),
    ];
    t.equal(it.updates.isPending(), false);
    t.same(await types(outcomes), [SIGNAL, SIGNAL]);
    t.equal(update.failure.kind, "cancelled");
    await it.go();
    await t.rest();
    t.equal(it.shop.requests.length, 0);
    t.equal(it.fake.updates.length, 0);
  },
  "what is asked for is pending at once, by name and in all": async (t, start) => {
    const it = await start(t);
    const seen = [];
    it.updates.subscribe(() => seen.push(it.updates.isPending()));
    t.equal(it.updates.isPending(), false);
    const outcome = it.updates.run(it.actions, "changeInterval", { interval: "yearly" });
    t.same(
      [it.updates.isPending(), it.updates.isPending("changeInterval"), it.updates.isPending("addGift")],
      [true, true, false],
    );
    t.equal(it.updates.getSnapshot().pending, true);
    const settled = it.updates.settled();
    t.equal(await t.isSettled(settled), false);
    await it.go();
    await serve(t, it, 1);
    await outcome;
    t.same(await settled, { stale: false });
    t.equal(it.updates.isPending(), false);
    t.same(seen, [true, false]);
  },
  "dispose drops everything, and a later call starts afresh": async (t, start) => {
    const it = await start(t);
    const run = (selected) => it.updates.run(it.actions, "addGift", { selected });
    const outcomes = [run(true), run(false)];
    it.updates.dispose();
    const [first, second] = await types(outcomes);
    t.equal(second, DISPOSED);
    t.match(first, /^cancelled cancelled disposed (no|unknown)$/);
    t.equal(it.updates.isPending(), false);
    await it.go();
    // Stripe.js ends what was called, before it takes the next.
    const again = run(true);
    for (let order = await it.shop.next(); ; order = await it.shop.next()) {
      if (order.signal.aborted) continue;
      order.answer();
      break;
    }
    t.same(await types([again]), ["success"]);
    t.equal(it.updates.metrics().failures.length, 0);
  },
  "a callback may call: onFailure runs the next": async (t, start) => {
    const outcomes = [];
    const it = await start(t, undefined, {
      onFailure: () => void outcomes.push(it.updates.run(it.actions, "addGift", { selected: true })),
    });
    const failed = it.updates.run(it.actions, "changeInterval", { interval: "yearly" });
    await it.go();
    (await it.shop.next()).answer(400);
    t.same(await types([failed]), ["error refused no"]);
    const order = await it.shop.next();
    t.equal(order.path, "/gift");
    order.answer();
    t.same(await types(outcomes), ["success"]);
  },
  "a callback may call: a listener cancels, runs and disposes": async (t, start) => {
    const it = await start(t);
    const outcomes = [];
    let calls = 0;
    const stop = it.updates.subscribe(() => {
      calls += 1;
      if (calls > 1) return;
      outcomes.push(it.updates.run(it.actions, "addGift", { selected: true }));
      outcomes.push(it.updates.run(it.actions, "addGift", { selected: false }));
      it.updates.cancel("addGift");
    });
    const first = it.updates.run(it.actions, "changeInterval", { interval: "yearly" });
    stop();
    await it.go();
    const order = await it.shop.next();
    t.equal(order.path, "/interval", "the order is that of the calls");
    order.answer();
    t.same(await types([first]), ["success"]);
    t.same(await types(outcomes), [CANCELLED, CANCELLED]);
    it.updates.subscribe(() => it.updates.dispose());
    const last = it.updates.run(it.actions, "changeInterval", { interval: "yearly" });
    t.match((await types([last]))[0], /^cancelled cancelled disposed no$/);
    await t.rest();
    t.equal(it.shop.requests.length, 1);
  },
  "a callback may call: session asks, runs and cancels": async (t, start) => {
    const outcomes = [];
    const it = await start(t, undefined, {
      session() {
        if (outcomes.length === 0) {
          outcomes.push(null);
          outcomes[0] = it.updates.run(it.actions, "addGift", { selected: true });
          it.updates.cancel("setQuantity");
          it.updates.metrics();
        }
        return t.SESSION;
      },
    });
    const outer = it.updates.run(it.actions, "changeInterval", { interval: "yearly" });
    await it.go();
    // The inner one was asked for first: the outer one was still reading its session.
    t.equal((await serve(t, it, 2)).length, 2);
    t.same(await types([outer, ...outcomes]), ["success", "success"]);
  },
};

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
      t.match(error.message, /404/);
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
    control.abort();
    t.equal(order.signal.aborted, true);
    t.same(await types([outcome]), ["cancelled cancelled signal unknown"]);
    t.equal(it.updates.isPending(), false);
    await t.rest();
    t.equal(it.updates.isStale(), true);
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
  ...Object.fromEntries(Object.entries(both).map(([name, check]) => [name, (t) => check(t, open)])),
  ...Object.fromEntries(
    Object.entries(both).map(([name, check]) => [`before the engine: ${name}`, (t) => check(t, early)]),
  ),
  ...beforehand,
  ...running,
};

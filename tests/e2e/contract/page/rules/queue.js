import { CANCELLED, DISPOSED, SIGNAL, SUPERSEDED, early, open, serve, types } from "../lib/queue.js";
import { loading } from "../lib/rule.js";

export const title = "3.7 One update at a time, the engine there or not";

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
  "dedupe: an update equal to the last in the queue shares its outcome": async (t, start) => {
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
  "dedupe: a failure is shared too": async (t, start) => {
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
  "dedupe: false sends each": async (t, start) => {
    const it = await start(t, { interval: { dedupe: false } });
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
    const it = await start(t, { interval: { dedupe: false } });
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
    t.thrown(() => it.updates.cancel("other"), TypeError);
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

export const rules = {
  ...Object.fromEntries(Object.entries(both).map(([name, check]) => [name, (t) => check(t, open)])),
  ...Object.fromEntries(
    Object.entries(both).map(([name, check]) => [`before the engine: ${name}`, loading((t) => check(t, early))]),
  ),
};

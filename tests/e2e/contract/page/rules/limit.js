import { clocked, each, loading } from "../lib/rule.js";

export const title = "3.2 The limit is 20 000 ms";

const yearly = { interval: "yearly" };

async function called(t, options = {}) {
  const shop = t.shop();
  const updates = await t.updates(options);
  const promise = updates.request("changeInterval", yearly)();
  const order = await shop.next();
  return { shop, updates, promise, order };
}

/** What tells a page that the browser runs it again. */
const AWAKENINGS = [
  ["visibilitychange", () => document.dispatchEvent(new Event("visibilitychange"))],
  ["pageshow", () => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: false }))],
  ["resume", () => document.dispatchEvent(new Event("resume"))],
];

export const rules = Object.fromEntries(
  Object.entries({
    "timeoutMs is 19 500 unless set, and then the fetch is aborted": async (t) => {
      const { promise, order, updates } = await called(t);
      await t.clock.pass(19_499);
      t.equal(await t.isSettled(promise), false);
      t.equal(order.signal.aborted, false);
      await t.clock.pass(2);
      const error = await t.rejection(promise);
      t.same([error.kind, error.applied, error.attempts], ["timeout", "unknown", 1]);
      t.ok(error.durationMs >= 19_500 && error.durationMs <= 19_502, error.durationMs);
      t.equal(order.signal.aborted, true);
      t.equal(updates.isPending(), false);
    },
    "timeoutMs is that of the endpoint, else that of createUpdates": async (t) => {
      const { promise } = await called(t, { timeoutMs: 300, endpointOptions: { timeoutMs: 20_000 } });
      await t.clock.pass(19_999);
      t.equal(await t.isSettled(promise), false);
      await t.clock.pass(2);
      t.equal((await t.rejection(promise)).kind, "timeout");
      const other = await called(t, { timeoutMs: 300 });
      await t.clock.pass(302);
      t.equal((await t.rejection(other.promise)).kind, "timeout");
    },
    "timeoutMs beyond 1 to 20 000 is a TypeError that names the key": async (t) => {
      const { createUpdates, endpoint } = await t.module("index");
      for (const timeoutMs of [0, -1, 20_001, 1.5, Number.NaN, "1000", null]) {
        const make = () => createUpdates({ endpoints: {}, timeoutMs });
        t.match(t.thrown(make, TypeError, timeoutMs).message, /"timeoutMs"/);
        t.match(t.thrown(() => endpoint("/x", {}, { timeoutMs }), TypeError, timeoutMs).message, /"timeoutMs"/);
      }
    },
    "a laptop that slept is given no more time": async (t) => {
      const { promise, order } = await called(t);
      await t.clock.pass(1_000);
      t.clock.sleep(19_000);
      window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: false }));
      await t.clock.pass(1);
      t.equal((await t.rejection(promise)).kind, "timeout");
      t.equal(order.signal.aborted, true);
    },
    "a wall clock that is set back gives no more time either": async (t) => {
      const { promise } = await called(t);
      t.clock.sleep(-3_600_000);
      await t.clock.pass(19_501);
      t.equal((await t.rejection(promise)).kind, "timeout");
    },
    ...each(
      AWAKENINGS,
      ([event]) => `a frozen tab times out when it is run again: ${event}`,
      async (t, [, awake]) => {
        const { promise, order } = await called(t);
        t.clock.freeze(60_000);
        t.equal(await t.isSettled(promise), false);
        awake();
        await t.clock.pass(1);
        const error = await t.rejection(promise);
        t.same([error.kind, error.applied], ["timeout", "unknown"]);
        t.equal(order.signal.aborted, true);
      },
    ),
    ...each(
      AWAKENINGS,
      ([event]) => `an answer that is already there wins, and is counted as late: ${event}`,
      async (t, [, awake]) => {
        const { promise, order, updates } = await called(t);
        t.clock.freeze(60_000);
        awake();
        order.answer();
        await t.clock.pass(1);
        t.equal((await promise).ok, true);
        t.equal(order.signal.aborted, false);
        const { late, successes } = updates.metrics().endpoints.changeInterval;
        t.same([late, successes], [1, 1]);
      },
    ),
    "the clock starts when the function is invoked, the engine's load included": loading(async (t) => {
      const { createUpdates, useWasm, endpoint } = await t.module("slim");
      let arrive;
      useWasm(new Promise((resolve) => (arrive = resolve)));
      const shop = t.shop();
      const updates = t.keep(
        createUpdates({ session: () => t.SESSION, endpoints: { gift: endpoint("/update", {}) }, timeoutMs: 5_000 }),
      );
      const promise = updates.request("gift", {})();
      await t.clock.pass(4_000);
      arrive("/dist/checkout_updates.wasm");
      await updates.ready;
      await shop.next();
      await t.clock.pass(999);
      t.equal(await t.isSettled(promise), false);
      await t.clock.pass(2);
      const error = await t.rejection(promise);
      t.same([error.kind, error.attempts], ["timeout", 1]);
      t.ok(error.durationMs >= 5_000 && error.durationMs <= 5_002, error.durationMs);
    }),
    "reading the body is inside the limit": async (t) => {
      const { promise, order } = await called(t, { timeoutMs: 1_000 });
      order.give({ status: 200, ok: true, headers: { get: () => null }, text: () => new Promise(() => {}) });
      await t.clock.pass(999);
      t.equal(await t.isSettled(promise), false);
      await t.clock.pass(2);
      const error = await t.rejection(promise);
      t.same([error.kind, error.applied], ["timeout", "unknown"]);
      t.equal(order.signal.aborted, true);
    },
  }).map(([name, check]) => [name, clocked(check)]),
);

import { clocked, each } from "../lib/rule.js";

export const title = "3.8 The page never shows a lie for long";

const yearly = { interval: "yearly" };

async function open(t, { latencyMs = 0, ...options } = {}) {
  const shop = t.shop();
  const { actions, fake } = await t.stripe();
  fake.set({ latencyMs });
  const updates = await t.updates(options);
  const run = (interval = "yearly") => updates.run(actions, "changeInterval", { interval });
  const end = async (...given) => (await shop.next()).answer(...given);
  /** How often Stripe.js was asked to fetch the session, updates included. */
  const calls = () => fake.updates.length;
  return { shop, actions, fake, updates, run, end, calls };
}

/** A page whose last update is in doubt and whose first refresh has succeeded. */
async function inDoubt(t, options) {
  const it = await open(t, options);
  const outcome = it.run();
  await it.end(500);
  t.equal((await outcome).error.applied, "unknown");
  t.equal(it.updates.isStale(), true);
  t.equal(it.calls(), 2, "the update, and the refresh that belongs to it");
  return it;
}

const show = (state) => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
};
const comeBack = (persisted) => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted }));

const NOES = [
  ["refused", 400],
  ["rate_limited", 429],
];

const rulesWithClock = {
  ...each(
    NOES,
    ([kind]) => `after ${kind} the session is refreshed, and nobody waits for it`,
    async (t, [kind, status]) => {
      const it = await open(t, { latencyMs: 5_000 });
      const outcome = it.run();
      await it.end(status);
      const { error, session } = await outcome;
      t.same([error.kind, error.applied, session], [kind, "no", undefined]);
      t.equal(it.updates.isStale(), false);
      t.equal(it.updates.isPending(), false);
      t.equal(it.calls(), 2);
      await t.clock.pass(60_000);
      t.equal(it.calls(), 2, "once");
    },
  ),
  "after unknown the page is stale, and the first refresh holds the outcome and the turn": async (t) => {
    const it = await open(t, { latencyMs: 3_000 });
    const seen = [];
    it.updates.subscribe(() => seen.push({ ...it.updates.getSnapshot() }));
    const outcome = it.run();
    const next = it.run("monthly");
    await it.end(500);
    await t.rest();
    t.same([it.updates.isStale(), it.updates.isPending()], [true, true]);
    t.equal(await t.isSettled(outcome), false);
    await t.clock.pass(2_999);
    t.equal(await t.isSettled(outcome), false);
    t.equal(it.shop.requests.length, 1, "it holds the turn");
    it.fake.server({ email: "fresh@example.com" });
    await t.clock.pass(2);
    const { error, session } = await outcome;
    t.equal(error.kind, "server_error");
    t.equal(session.email, "fresh@example.com", "the session that Stripe.js fetched");
    await it.end();
    await t.clock.pass(3_001);
    t.equal((await next).type, "success");
    t.same(seen, [
      { pending: true, stale: false, paying: false },
      { pending: true, stale: true, paying: false },
      { pending: false, stale: true, paying: false },
    ]);
  },
  "the first refresh holds them for 10 s at most": async (t) => {
    const it = await open(t);
    const outcome = it.run();
    it.fake.next({ ends: "silent" });
    await it.end(500);
    await t.rest();
    t.equal(it.calls(), 2);
    await t.clock.pass(9_999);
    t.equal(await t.isSettled(outcome), false);
    await t.clock.pass(2);
    t.equal((await outcome).session, undefined);
    t.equal(it.updates.isStale(), true);
  },
  "after unknown a second refresh follows 5 s later and ends it, a quiet one 20 s after that": async (t) => {
    const it = await inDoubt(t);
    await t.clock.pass(4_998);
    t.equal(it.calls(), 2);
    t.equal(it.updates.isStale(), true);
    await t.clock.pass(3);
    t.equal(it.calls(), 3);
    t.equal(it.updates.isStale(), false);
    await t.clock.pass(19_997);
    t.equal(it.calls(), 3);
    it.fake.set({ latencyMs: 9_000 });
    await t.clock.pass(5);
    t.equal(it.calls(), 4, "the quiet one");
    t.same([it.updates.isStale(), it.updates.isPending()], [false, false], "it holds nothing");
    await t.clock.pass(300_000);
    t.equal(it.calls(), 4, "and it was the last");
    t.equal(t.clock.timers(), 0);
  },
  "after refresh_failed any refresh ends it": async (t) => {
    const it = await open(t);
    it.fake.next({ failWith: "No session.", failAt: "refresh" });
    it.fake.next({ failWith: "No session.", failAt: "refresh" });
    const outcome = it.run();
    await it.end();
    const { error, session } = await outcome;
    t.same([error.kind, session], ["refresh_failed", undefined]);
    t.equal(it.updates.isStale(), true);
    const refreshed = await it.updates.refresh(it.actions);
    t.same([refreshed.type, refreshed.session.id], ["success", t.SESSION]);
    t.equal(it.updates.isStale(), false);
    await t.clock.pass(300_000);
    t.equal(it.calls(), 3, "no quiet one");
  },
  "a later update's success does not cut staleness short": async (t) => {
    const it = await inDoubt(t);
    const next = it.run("monthly");
    await it.end();
    t.equal((await next).type, "success");
    t.equal(it.updates.isStale(), true);
    await t.clock.pass(5_001);
    t.equal(it.updates.isStale(), false);
  },
  "a refresh within the 5 s does not end it": async (t) => {
    const it = await inDoubt(t);
    await t.clock.pass(1_000);
    t.equal((await it.updates.refresh(it.actions)).type, "success");
    t.equal(it.updates.isStale(), true);
    await t.clock.pass(4_001);
    t.equal(it.updates.isStale(), false);
  },
  "while stale it tries again with a growing pause, 5 s to 60 s": async (t) => {
    const it = await inDoubt(t);
    it.fake.set({ failWith: "Stripe.js is not well." });
    let calls = it.calls();
    for (const pause of [5_000, 5_000, 10_000, 20_000, 40_000, 60_000, 60_000]) {
      // A look takes no time here.
      await t.clock.pass(pause - 10);
      t.equal(it.calls(), calls, `before ${pause}`);
      await t.clock.pass(10);
      calls += 1;
      t.equal(it.calls(), calls, `after ${pause}`);
      t.equal(it.updates.isStale(), true);
    }
    it.fake.set({ failWith: null });
    await t.clock.pass(60_002);
    t.equal(it.updates.isStale(), false);
  },
  "while stale it tries again when the browser is online": async (t) => {
    const it = await inDoubt(t);
    it.fake.set({ failWith: "Offline." });
    await t.clock.pass(5_002);
    const calls = it.calls();
    it.fake.set({ failWith: null });
    window.dispatchEvent(new Event("online"));
    await t.rest();
    t.equal(it.calls(), calls + 1);
    t.equal(it.updates.isStale(), false);
  },
  "after document.open(), which removes every listener, the next update hears the page's events again": async (t) => {
    const it = await open(t);
    const first = it.run();
    await it.end();
    await first;
    document.open();
    document.write("<p>Checkout</p>");
    document.close();
    const outcome = it.run();
    await it.end(500);
    t.equal((await outcome).error.applied, "unknown");
    it.fake.set({ failWith: "Offline." });
    await t.clock.pass(5_002);
    const calls = it.calls();
    it.fake.set({ failWith: null });
    window.dispatchEvent(new Event("online"));
    await t.rest();
    t.equal(it.calls(), calls + 1);
    t.equal(it.updates.isStale(), false);
  },
  "while stale it tries again when the page becomes visible": async (t) => {
    const it = await inDoubt(t);
    it.fake.set({ failWith: "Offline." });
    await t.clock.pass(5_002);
    const calls = it.calls();
    it.fake.set({ failWith: null });
    show("hidden");
    await t.rest();
    t.equal(it.calls(), calls, "not when it is hidden");
    show("visible");
    await t.rest();
    t.equal(it.calls(), calls + 1);
    t.equal(it.updates.isStale(), false);
  },
  "while stale the event of a page that has only just loaded does nothing": async (t) => {
    const it = await inDoubt(t);
    comeBack(false);
    await t.rest();
    t.equal(it.calls(), 2);
    t.equal(it.updates.isStale(), true);
  },
  "where nothing is stale, none of these does anything": async (t) => {
    const it = await open(t);
    const outcome = it.run();
    await it.end();
    await outcome;
    window.dispatchEvent(new Event("online"));
    show("hidden");
    show("visible");
    comeBack(false);
    await t.rest();
    t.equal(it.calls(), 1);
  },
  "it goes by the last actions that it saw": async (t) => {
    const it = await inDoubt(t);
    const later = await t.stripe();
    const refused = it.updates.run(later.actions, "changeInterval", {});
    t.equal((await refused).error.kind, "invalid_intent");
    await t.clock.pass(5_001);
    t.equal(it.calls(), 2);
    t.equal(later.fake.updates.length, 1);
    t.equal(it.updates.isStale(), false);
  },
  "a session that is no longer open is not stale": async (t) => {
    const it = await inDoubt(t);
    it.fake.server({ status: { type: "complete", paymentStatus: "paid" } });
    await it.fake.refetch();
    await t.clock.pass(5_001);
    t.equal(it.updates.isStale(), false);
    await t.clock.pass(300_000);
    t.equal(t.clock.timers(), 0);
  },
  "the outcome of a refresh that finds the session closed": async (t) => {
    const it = await open(t);
    const outcome = it.run();
    it.fake.server({ status: { type: "expired" } });
    await it.end(500);
    t.equal((await outcome).session.status.type, "expired");
    t.equal(it.updates.isStale(), false);
  },
  "for a function of request the page refreshes": async (t) => {
    const it = await open(t);
    const update = it.updates.request("changeInterval", yearly);
    const ended = it.actions.runServerUpdate(update).catch(() => ({ type: "error" }));
    await it.end(500);
    t.equal((await ended).type, "error");
    t.equal(it.updates.isStale(), true);
    t.equal(it.calls(), 1);
    const first = await it.updates.refresh(it.actions);
    t.same([first.type, first.session.id], ["success", t.SESSION]);
    t.equal(it.updates.isStale(), true, "the server may still be at work");
    await t.clock.pass(5_001);
    t.equal(it.updates.isStale(), false);
    t.equal(it.calls(), 3);
  },
  "for a function of wrap too": async (t) => {
    const it = await open(t);
    const update = it.updates.wrap("own", async () => {
      throw new Error("no answer");
    });
    const ended = it.actions.runServerUpdate(update).catch(() => ({ type: "error" }));
    // What may be the customer's leaving is judged one task later.
    await t.rest();
    await t.clock.pass(0);
    t.equal((await ended).type, "error");
    t.equal(it.updates.isStale(), true);
    await t.clock.pass(6_000);
    await it.updates.refresh(it.actions);
    t.equal(it.updates.isStale(), false);
  },
  "refresh never rejects": async (t) => {
    const it = await open(t);
    for (const actions of [{}, null, undefined]) {
      const { type, error } = await it.updates.refresh(actions);
      t.same([type, error.kind, error.applied], ["error", "unsupported", "no"]);
    }
    for (const failures of ["result", "reject"]) {
      it.fake.next({ failWith: "Stripe.js is not well.", failures });
      const { type, error } = await it.updates.refresh(it.actions);
      t.same([type, error.kind, error.applied], ["error", "stripe_error", "no"]);
    }
    it.fake.next({ ends: "silent" });
    const silent = it.updates.refresh(it.actions);
    await t.clock.pass(40_002);
    t.equal((await silent).error.kind, "stripe_error");
    t.equal(it.updates.isStale(), false);
    t.equal(it.updates.metrics().failures.length, 0, "it is no update");
  },
  "back from the back/forward cache the page is stale, if an update ever ran": async (t) => {
    const it = await open(t);
    comeBack(true);
    await t.rest();
    t.equal(it.updates.isStale(), false);
    t.equal(it.calls(), 0);
    const outcome = it.run();
    await it.end();
    await outcome;
    const seen = [];
    it.updates.subscribe(() => seen.push(it.updates.isStale()));
    window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    comeBack(true);
    t.equal(it.updates.isStale(), true);
    await t.rest();
    t.equal(it.calls(), 2);
    t.equal(it.updates.isStale(), false);
    t.same(seen, [true, false]);
  },
  "back from it, functions of request count too": async (t) => {
    const it = await open(t);
    const sent = it.updates.request("changeInterval", yearly)();
    await it.end();
    await sent;
    comeBack(true);
    t.equal(it.updates.isStale(), true);
    await it.updates.refresh(it.actions);
    t.equal(it.updates.isStale(), false);
  },
  "getSnapshot is the same object until something changes, and listeners hear of each change": async (t) => {
    const it = await open(t);
    const heard = [];
    const listener = () => heard.push(it.updates.getSnapshot());
    const stop = it.updates.subscribe(listener);
    const stopSecond = it.updates.subscribe(listener);
    stopSecond();
    stopSecond();
    const before = it.updates.getSnapshot();
    t.same(before, { pending: false, stale: false, paying: false });
    t.equal(it.updates.getSnapshot(), before);
    const outcomes = [it.run(), it.run("monthly")];
    const during = it.updates.getSnapshot();
    t.ok(during !== before);
    t.equal(it.updates.getSnapshot(), during);
    await it.end();
    await it.end();
    await Promise.all(outcomes);
    const after = it.updates.getSnapshot();
    t.same(after, before);
    t.equal(heard.length, 2);
    t.equal(heard[0], during);
    t.equal(heard[1], after);
    stop();
    void it.run();
    t.equal(heard.length, 2);
  },
  "settled waits for what is pending, and says whether the page is stale": async (t) => {
    const it = await open(t);
    t.same(await it.updates.settled(), { stale: false });
    const outcome = it.run();
    const settled = [it.updates.settled(), it.updates.settled()];
    await it.end(500);
    await outcome;
    t.same(await Promise.all(settled), [{ stale: true }, { stale: true }]);
    t.same(await it.updates.settled(), { stale: true });
  },
  "canConfirm and isPending agree on what is under way": async (t) => {
    const it = await open(t);
    t.equal(it.actions.getSession().canConfirm, true);
    const outcome = it.run();
    await t.rest();
    t.same([it.actions.getSession().canConfirm, it.updates.isPending()], [false, true]);
    await it.end();
    await outcome;
    t.same([it.actions.getSession().canConfirm, it.updates.isPending()], [true, false]);
  },
};

export const rules = Object.fromEntries(Object.entries(rulesWithClock).map(([name, check]) => [name, clocked(check)]));

import { clocked, each, loading } from "../lib/rule.js";

export const title = "3.15 A reload does not forget";

const KEY = "checkout-updates";
const OTHER = "cs_test_other";

/** A tab's storage of this rule's own: the rules beside it share the browser's. */
function storage(t, marks) {
  const kept = new Map(marks === undefined ? [] : [[KEY, typeof marks === "string" ? marks : JSON.stringify(marks)]]);
  const own = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, String(value)),
    removeItem: (key) => void kept.delete(key),
  };
  give({ value: own });
  /** What it has, with ages in place of times. */
  return () => {
    t.ok([...kept.keys()].every((key) => key === KEY));
    const marks = Object.entries(JSON.parse(kept.get(KEY) ?? "{}"));
    return Object.fromEntries(marks.map(([session, time]) => [session, Date.now() - time]));
  };
}

const give = (descriptor) => Object.defineProperty(window, "sessionStorage", { configurable: true, ...descriptor });

async function around(t, updates, rest) {
  const { actions, fake } = await t.stripe();
  const run = () => updates.run(actions, "changeInterval", { interval: "yearly" });
  const shop = t.shop();
  const end = async (...given) => (await shop.next()).answer(...given);
  return { updates, actions, fake, run, end, ...rest };
}

/** The module is there. */
const there = async (t) => around(t, await t.updates(), { go: async () => {} });

/** The module is under way until the rule says `go`, or cannot be loaded. */
const slim = (source) =>
  async function (t) {
    const { createUpdates, endpoint, oneOf, useWasm } = await t.module("slim");
    let arrive;
    useWasm(source ?? new Promise((resolve) => (arrive = resolve)));
    const changeInterval = endpoint("/update", { interval: oneOf("monthly", "yearly") });
    const updates = t.keep(createUpdates({ session: () => t.SESSION, endpoints: { changeInterval } }));
    const go = () => {
      arrive?.(new URL("/dist/checkout_updates.wasm", location.href));
      return updates.ready.catch(() => {});
    };
    return around(t, updates, { go, isAlone: source !== undefined });
  };

const WORLDS = [
  ["with the module", there, (check) => check],
  ["before the module is loaded", slim(), loading],
  ["where the module cannot be loaded", slim("/dist/none.wasm"), loading],
];

const everywhere = (rule, check) =>
  Object.assign({}, ...WORLDS.map(([where, open, wrap]) => ({ [`${rule}, ${where}`]: wrap((t) => check(t, open)) })));

/** Nothing to take up: the page is fresh, and nothing is fetched. */
async function nothing(t, it) {
  const resumed = it.updates.resume(it.actions);
  t.equal(it.updates.isStale(), false);
  t.same(await resumed, { stale: false });
  await it.go();
  await t.rest();
  t.equal(it.fake.updates.length, 0);
}

const UNREADABLE = ["{", "null", "[]", "7", '"x"', '{"cs_test_contract":"now"}', "<html>"];

const withClock = {
  ...everywhere("a young mark of this session: stale at once, and refreshed", async (t, open) => {
    const marks = storage(t, { [t.SESSION]: Date.now() - 59_000 });
    const it = await open(t);
    t.equal(it.updates.isStale(), false, "not before it is asked to");
    const resumed = it.updates.resume(it.actions);
    t.equal(it.updates.isStale(), true, "in the same task");
    t.equal(it.updates.getSnapshot().stale, true);
    let paid = 0;
    const pressed = it.updates.pay(it.actions, () => (paid += 1));
    t.equal(paid, 0, "Pay waits");
    await it.go();
    await t.clock.pass(31_000);
    t.same(await resumed, { stale: false });
    t.equal(it.updates.isStale(), false);
    t.ok(it.fake.updates.length > 0, "fetched");
    const { type, reason } = await pressed;
    // Nothing can be compared without the module: the customer looks, and presses again.
    t.equal(reason ?? type, it.isAlone ? "stale" : "confirmed", "the total is what it was");
    t.equal((await it.updates.pay(it.actions, () => (paid += 1))).type, "confirmed");
    t.equal(paid, it.isAlone ? 1 : 2);
    t.same(marks(), {}, "and nothing is remembered");
  }),
  ...everywhere("no mark: nothing to take up", async (t, open) => {
    storage(t);
    await nothing(t, await open(t));
  }),
  ...everywhere("a mark of a minute ago is removed", async (t, open) => {
    const marks = storage(t, { [t.SESSION]: Date.now() - 60_001 });
    await nothing(t, await open(t));
    t.same(marks(), {});
  }),
  ...everywhere("a young mark of another session stays, for its own resume", async (t, open) => {
    const marks = storage(t, { [OTHER]: Date.now() - 1_000, cs_test_old: Date.now() - 90_000 });
    await nothing(t, await open(t));
    t.same(Object.keys(marks()), [OTHER]);
  }),
  ...everywhere("storage that throws, or is missing, is no mark", async (t, open) => {
    const refuse = () => {
      throw new DOMException("no", "SecurityError");
    };
    for (const descriptor of [
      { get: refuse },
      { value: undefined, writable: true },
      { value: { getItem: refuse, setItem: refuse, removeItem: refuse }, writable: true },
    ]) {
      give(descriptor);
      await nothing(t, await open(t));
    }
  }),
  ...each(
    UNREADABLE,
    (text) => `what cannot be read is no mark, and is removed: ${text}`,
    async (t, text) => {
      const marks = storage(t, text);
      await nothing(t, await there(t));
      t.same(marks(), {});
    },
  ),
  ...everywhere("what is no Stripe.js is nothing to take up", async (t, open) => {
    storage(t, { [t.SESSION]: Date.now() });
    const it = await open(t);
    for (const actions of [{}, { getSession: () => null }, { getSession: () => ({ id: 7 }) }]) {
      t.same(await it.updates.resume(actions), { stale: false });
    }
  }),
  "while something is pending or stale the session is marked, and no longer": async (t) => {
    const marks = storage(t, { [OTHER]: Date.now() });
    const it = await there(t);
    const outcome = it.run();
    await t.rest();
    t.same(marks(), { [OTHER]: 0, [t.SESSION]: 0 });
    await t.clock.pass(2_000);
    await it.end(500);
    await outcome;
    t.equal(it.updates.isStale(), true);
    t.same(marks(), { [OTHER]: 2_000, [t.SESSION]: 0 }, "of the last refresh");
    await t.clock.pass(4_000);
    window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: false }));
    t.same(marks(), { [OTHER]: 6_000, [t.SESSION]: 0 }, "written again");
    await t.clock.pass(5_000);
    t.equal(it.updates.isStale(), false);
    t.same(Object.keys(marks()), [OTHER]);
    const second = it.run();
    await it.end();
    await second;
    t.same(Object.keys(marks()), [OTHER]);
  },
  "an update that is over before the page's next task is not written down": async (t) => {
    const marks = storage(t);
    const written = [];
    const { setItem } = window.sessionStorage;
    window.sessionStorage.setItem = (key, value) => (written.push(value), setItem(key, value));
    // Not a real answer: to read its body takes Firefox a task.
    const success = { ok: true, status: 200, json: async () => ({}) };
    let answer = Promise.resolve(success);
    const updates = await t.updates({ fetch: () => answer });
    const { actions } = await t.stripe();
    const run = () => updates.run(actions, "changeInterval", { interval: "yearly" });
    await run();
    await t.rest();
    t.same(written, []);
    let end;
    answer = new Promise((resolve) => (end = resolve));
    const slow = run();
    t.same(marks(), {}, "the click's own task does not wait for it");
    await t.rest();
    t.same(marks(), { [t.SESSION]: 0 });
    end(success);
    await slow;
    t.same([marks(), written.length], [{}, 1]);
  },
  "the object of the next page takes up what the one of before has left": async (t) => {
    storage(t);
    const it = await there(t);
    void it.run();
    await t.rest();
    window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: false }));
    const next = await there(t);
    next.fake.server({ email: "fresh@example.com" });
    const resumed = next.updates.resume(next.actions);
    t.equal(next.updates.isStale(), true);
    await t.clock.pass(6_000);
    t.same(await resumed, { stale: false });
    t.equal(next.actions.getSession().email, "fresh@example.com");
  },
  "storage that throws changes no update": async (t) => {
    give({
      get() {
        throw new DOMException("no", "SecurityError");
      },
    });
    const it = await there(t);
    const outcome = it.run();
    await it.end();
    t.equal((await outcome).type, "success");
  },
  "without the module, a session that cannot be fetched stays stale, and says so": loading(async (t) => {
    storage(t, { [t.SESSION]: Date.now() });
    const it = await slim("/dist/none.wasm")(t);
    it.fake.set({ failWith: "Offline." });
    const resumed = it.updates.resume(it.actions);
    t.equal(it.updates.isStale(), true);
    t.same(await resumed, { stale: true });
    t.equal(it.updates.isStale(), true);
  }),
};

export const rules = Object.fromEntries(Object.entries(withClock).map(([name, check]) => [name, clocked(check)]));

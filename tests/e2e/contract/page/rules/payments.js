import { clocked, each, framed, loading } from "../lib/rule.js";
import { SHAPES } from "./table.js";

export const title = "3.14 Nobody pays a total that the page has not shown";

const yearly = { interval: "yearly" };

/** A page with one endpoint. `confirm` counts its calls and answers when the rule says so, unless it is told to at once. */
async function around(t, updates, { stripe, ...rest }) {
  const { actions, fake } = await t.stripe(stripe);
  const confirms = [];
  const confirm = (given) =>
    new Promise((resolve, reject) => confirms.push({ given, answer: (value) => resolve(value), fail: reject }));
  const pay = (options) => updates.pay(actions, confirm, options);
  const run = (interval = "yearly") => updates.run(actions, "changeInterval", { interval });
  const shop = t.shop();
  const end = async (...given) => (await shop.next()).answer(...given);
  const settled = () => t.rest();
  return { updates, actions, fake, confirms, pay, run, shop, end, settled, ...rest };
}

/** The module is there. */
async function there(t, { stripe, ...options } = {}) {
  return around(t, await t.updates(options), { stripe, go: async () => {}, hasModule: true });
}

/** The module is still under way, until the rule says `go`, or cannot be loaded. */
const slim = (source) =>
  async function (t, { stripe, ...options } = {}) {
    const { createUpdates, endpoint, oneOf, useWasm } = await t.module("slim");
    let arrive;
    useWasm(source ?? new Promise((resolve) => (arrive = resolve)));
    const changeInterval = endpoint("/update", { interval: oneOf("monthly", "yearly") });
    const updates = t.keep(createUpdates({ session: () => t.SESSION, endpoints: { changeInterval }, ...options }));
    const go = () => {
      arrive?.(new URL("/dist/checkout_updates.wasm", location.href));
      return updates.ready.catch(() => {});
    };
    if (source) await go();
    return around(t, updates, { stripe, go, hasModule: false });
  };

const underWay = slim();
const WORLDS = [
  ["with the module", there, (check) => check],
  ["before the module is loaded", underWay, loading],
  ["where the module cannot be loaded", slim("/dist/none.wasm"), loading],
];

/** A rule that holds in each of these worlds. */
const everywhere = (rule, check) =>
  Object.assign({}, ...WORLDS.map(([where, open, wrap]) => ({ [`${rule}, ${where}`]: wrap((t) => check(t, open)) })));

const comeBack = () => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
const isPaying = ({ updates }) => updates.getSnapshot().paying;

/** How a payment was blocked; `confirm` was not called for it. */
async function blocked(t, promise, reason, message = /\.$/) {
  const outcome = await promise;
  t.same([outcome.type, outcome.reason], ["blocked", reason]);
  t.match(outcome.message, message);
  return outcome;
}

/** The payment is made, once, and confirm's answer is the outcome. */
async function confirmed(t, it, promise) {
  t.equal(it.confirms.length, 1, "calls of confirm");
  const result = { type: "success" };
  it.confirms[0].answer(result);
  const outcome = await promise;
  t.same(Object.keys(outcome), ["type", "result"]);
  t.equal(outcome.type, "confirmed");
  t.equal(outcome.result, result);
  t.equal(isPaying(it), false);
}

const subscription = (changes = {}) => ({
  interval: "month",
  intervalCount: 1,
  isProrated: false,
  trial: null,
  dueNext: { subtotal: 1000, total: { minorUnitsAmount: 1000, amount: "$10.00" } },
  ...changes,
});

/** Two items for 30 dollars. */
const SHOWN = {
  lineItems: [
    { id: "li_a", quantity: 1, unitAmount: 1000 },
    { id: "li_b", quantity: 2, unitAmount: 1000 },
  ],
  recurring: subscription(),
};

/** What the customer would pay for, or how much, is another. */
const DIFFERS = [
  ["the total", { total: { total: 3001 } }],
  ["the currency", { currency: "eur" }],
  ["what recurs is gone", { recurring: null }],
  ["the interval", { recurring: subscription({ interval: "year" }) }],
  ["the count of intervals", { recurring: subscription({ intervalCount: 2 }) }],
  ["the trial", { recurring: subscription({ trial: { trialEnd: 1_900_000_000, trialPeriodDays: 7 } }) }],
  [
    "the next total",
    { recurring: subscription({ dueNext: { subtotal: 1100, total: { minorUnitsAmount: 1100, amount: "$11.00" } } }) },
  ],
  ["an item is another", { lineItems: [{ ...SHOWN.lineItems[0], id: "li_c" }, SHOWN.lineItems[1]] }],
  [
    "quantities, for the same total",
    {
      lineItems: [
        { ...SHOWN.lineItems[0], quantity: 2 },
        { ...SHOWN.lineItems[1], quantity: 1 },
      ],
    },
  ],
  [
    "amounts of items, for the same total",
    {
      lineItems: [
        { ...SHOWN.lineItems[0], unitAmount: 2000 },
        { ...SHOWN.lineItems[1], unitAmount: 500 },
      ],
    },
  ],
];

/** What else a session tells may change. */
const SAME = [
  ["nothing", {}],
  ["the e-mail address", { email: "other@example.com" }],
  ["the item's name", { lineItems: [{ ...SHOWN.lineItems[0], name: "Other" }, SHOWN.lineItems[1]] }],
];

/** Pays while an update is under way, whose session is this one in the end. */
async function payDuring(t, change, stripe = {}) {
  const it = await there(t, { stripe: { session: SHOWN, ...stripe } });
  const outcome = it.run();
  const paid = it.pay();
  t.same([it.confirms.length, isPaying(it)], [0, true]);
  it.fake.server(change);
  await it.end();
  t.equal((await outcome).type, "success");
  return { ...it, paid };
}

const withClock = {
  ...everywhere("a press with nothing in the way calls confirm in the same task, once", async (t, open) => {
    const it = await open(t);
    const paid = it.pay();
    t.equal(it.confirms.length, 1, "in the same task");
    t.equal(it.confirms[0].given, it.actions);
    t.equal(isPaying(it), true);
    await confirmed(t, it, paid);
    t.equal(it.fake.updates.length, 0, "and nothing is fetched");
    t.same(it.updates.metrics().payments, { confirmed: 1, blocked: {} });
  }),
  ...everywhere("what confirm gives is untouched, and what it throws or rejects with is passed on", async (t, open) => {
    const it = await open(t);
    const declined = { type: "error", error: { message: "Declined.", code: "paymentFailed" } };
    const given = await it.updates.pay(it.actions, () => declined);
    t.equal(given.result, declined);
    const cause = new Error("Stripe.js is not well.");
    const thrown = it.updates.pay(it.actions, () => {
      throw cause;
    });
    t.equal(await t.rejection(thrown), cause);
    t.equal(await t.rejection(it.updates.pay(it.actions, () => Promise.reject(cause))), cause);
    t.equal(isPaying(it), false);
    t.same(it.updates.metrics().payments, { confirmed: 1, blocked: {} });
  }),
  ...everywhere("a second press never confirms twice", async (t, open) => {
    const it = await open(t);
    const paid = it.pay();
    for (let press = 0; press < 3; press++) await blocked(t, it.pay(), "paying");
    await confirmed(t, it, paid);
    const again = it.pay();
    t.equal(it.confirms.length, 2);
    it.confirms[1].answer(null);
    t.equal((await again).result, null);
    t.same(it.updates.metrics().payments, { confirmed: 2, blocked: { paying: 3 } });
  }),
  ...everywhere("a second press that comes from inside confirm is one", async (t, open) => {
    const it = await open(t);
    let inner;
    const outcome = await it.updates.pay(it.actions, () => {
      inner = it.pay();
      return 7;
    });
    t.same([outcome.result, (await inner).reason], [7, "paying"]);
    t.equal(it.confirms.length, 0);
  }),
  ...everywhere("a signal that was aborted, and nothing is paid", async (t, open) => {
    const it = await open(t);
    await blocked(t, it.pay({ signal: AbortSignal.abort() }), "cancelled");
    t.same([it.confirms.length, isPaying(it)], [0, false]);
    t.same(it.updates.metrics().payments, { confirmed: 0, blocked: { cancelled: 1 } });
  }),
  ...everywhere("once confirm was called, signal and dispose end nothing", async (t, open) => {
    const it = await open(t);
    const control = new AbortController();
    const paid = it.pay({ signal: control.signal });
    control.abort();
    it.updates.dispose();
    t.equal(await t.isSettled(paid), false);
    await confirmed(t, it, paid);
  }),
  ...everywhere("a session that is not open is closed, in every version of Stripe.js", async (t, open) => {
    for (const version of SHAPES) {
      for (const status of [{ type: "expired" }, { type: "complete", paymentStatus: "paid" }]) {
        const it = await open(t, { stripe: { version, session: { status } } });
        await blocked(t, it.pay(), "closed");
        t.same([it.confirms.length, isPaying(it)], [0, false], String(version));
        it.shop.close();
      }
    }
  }),
  ...everywhere("a session that cannot be read is taken for open", async (t, open) => {
    const it = await open(t);
    const unreadable = {
      getSession() {
        throw new Error("not now");
      },
    };
    for (const actions of [unreadable, {}, { getSession: () => null }]) {
      t.same(await it.updates.pay(actions, () => "paid"), { type: "confirmed", result: "paid" });
    }
  }),
  ...everywhere("until confirm has ended no update starts, and then they do", async (t, open) => {
    const it = await open(t);
    const calls = [];
    const wrapped = it.updates.wrap("save", async () => void calls.push("save"));
    for (const ends of ["answer", "fail"]) {
      const paid = it.pay();
      const run = await it.run();
      t.same([run.type, run.error.kind, run.error.applied], ["error", "paying", "no"]);
      for (const update of [it.updates.request("changeInterval", yearly), wrapped]) {
        const error = await t.rejection(update());
        t.same([error.kind, error.applied, update.failure?.kind], ["paying", "no", "paying"]);
      }
      it.confirms.at(-1)[ends](new Error("declined"));
      await paid.catch(() => {});
      t.equal(isPaying(it), false);
    }
    t.same([it.shop.requests.length, it.fake.updates.length, calls], [0, 0, []]);
    if (!it.hasModule) return;
    const outcome = it.run();
    await it.end();
    t.equal((await outcome).type, "success");
  }),
  ...everywhere("a hold keeps updates back and shows as paying, until it is released", async (t, open) => {
    const it = await open(t);
    const seen = [];
    it.updates.subscribe(() => seen.push(isPaying(it)));
    const release = it.updates.hold();
    t.equal(typeof release, "function");
    t.equal(it.updates.hold(), null, "held already");
    t.equal((await it.run()).error.kind, "paying");
    release();
    release();
    t.same([seen.at(0), seen.at(-1), it.shop.requests.length], [true, false, 0]);
    t.equal(seen.indexOf(false), seen.length - 1, "once");
    const second = it.updates.hold();
    release();
    t.equal(isPaying(it), true, "the first one ends its own hold only");
    second();
    t.equal(isPaying(it), false);
  }),
  ...everywhere("a hold ends after 10 minutes", async (t, open) => {
    const it = await open(t);
    it.updates.hold();
    await t.clock.pass(599_990);
    t.equal(isPaying(it), true);
    await t.clock.pass(20);
    t.equal(isPaying(it), false);
    t.ok(it.updates.hold());
  }),
  ...everywhere("a hold ends by dispose, and on the way back from the cache", async (t, open) => {
    const it = await open(t);
    it.updates.hold();
    it.updates.dispose();
    t.equal(isPaying(it), false);
    it.updates.hold();
    comeBack();
    t.equal(isPaying(it), false);
  }),
  ...everywhere("pay takes the hold over, and ends it", async (t, open) => {
    const it = await open(t);
    const release = it.updates.hold();
    const paid = it.pay();
    t.equal(it.confirms.length, 1, "in the same task");
    release();
    t.equal(isPaying(it), true, "the payment goes on");
    t.equal(it.updates.hold(), null, "being paid");
    await confirmed(t, it, paid);
    const second = it.updates.hold();
    await blocked(t, it.pay({ signal: AbortSignal.abort() }), "cancelled");
    t.equal(isPaying(it), false);
    second();
    t.ok(it.updates.hold());
  }),
  ...everywhere("back from the cache a payment that has no answer ends, and later updates run", async (t, open) => {
    const it = await open(t);
    const paid = it.pay();
    comeBack();
    await blocked(t, paid, "stale");
    t.equal(isPaying(it), false);
    const again = it.pay();
    t.equal(it.confirms.length, 2);
    it.confirms[1].answer();
    t.equal((await again).type, "confirmed");
    // The answer of before comes late, and changes nothing.
    it.confirms[0].answer();
    await t.rest();
    t.equal(isPaying(it), false);
  }),
  "back from the cache the page is stale where an update ran, and a paid order is closed": async (t) => {
    const it = await there(t);
    const outcome = it.run();
    await it.end();
    await outcome;
    const paid = it.pay();
    t.equal(it.confirms.length, 1);
    it.fake.server({ status: { type: "complete", paymentStatus: "paid" } });
    comeBack();
    t.same([isPaying(it), it.updates.isStale()], [false, true]);
    await blocked(t, paid, "closed");
    await t.clock.pass(6_000);
    t.equal(it.updates.isStale(), false);
  },
  ...each(
    DIFFERS,
    ([what]) => `a change under way: blocked as changed where it differs by ${what}`,
    async (t, [, change]) => {
      const it = await payDuring(t, change);
      const { session } = await blocked(t, it.paid, "changed");
      t.equal(session.id, t.SESSION);
      t.equal(JSON.stringify(session), JSON.stringify(it.actions.getSession()), "what the page has to show");
      t.equal(it.confirms.length, 0);
      const again = it.pay();
      t.equal(it.confirms.length, 1, "the customer has seen it and presses again");
      it.confirms[0].answer();
      t.equal((await again).type, "confirmed");
      t.same(it.updates.metrics().payments, { confirmed: 1, blocked: { changed: 1 } });
    },
  ),
  ...each(
    SAME,
    ([what]) => `a change under way: confirm is called after it where ${what} differs`,
    async (t, [, change]) => {
      const it = await payDuring(t, change);
      await t.rest();
      await confirmed(t, it, it.paid);
    },
  ),
  "the total is compared in every version of Stripe.js": async (t) => {
    for (const version of SHAPES) {
      for (const [change, ends] of [
        [{ total: { total: 3001 } }, "changed"],
        [{}, "confirmed"],
      ]) {
        const it = await payDuring(t, change, { version });
        await t.rest();
        if (version === "react") {
          // What its hook gave is a value of before: the page gets another by drawing itself again.
          it.confirms[0]?.answer();
        } else if (ends === "confirmed") it.confirms[0].answer();
        const { type, reason } = await it.paid;
        if (version !== "react") t.equal(reason ?? type, ends, String(version));
        it.shop.close();
      }
    }
  },
  "an update that was under way and was not made: failed": async (t) => {
    const it = await there(t);
    const outcome = it.run();
    const paid = it.pay();
    await it.end(400);
    t.equal((await outcome).error.kind, "refused");
    await blocked(t, paid, "failed");
    t.same([it.confirms.length, isPaying(it)], [0, false]);
  },
  "an update that was superseded is none that failed": async (t) => {
    const it = await there(t, { endpointOptions: { latest: true, dedupe: false } });
    const outcomes = ["yearly", "monthly", "yearly"].map((interval) => it.run(interval));
    const paid = it.pay();
    await it.end();
    await it.end();
    t.same(
      (await Promise.all(outcomes)).map(({ type }) => type),
      ["success", "cancelled", "success"],
    );
    await t.rest();
    await confirmed(t, it, paid);
  },
  "a doubt is waited for: the refresh follows at once, and then confirm": async (t) => {
    const it = await there(t);
    const outcome = it.run();
    await it.end(500);
    await outcome;
    t.equal(it.updates.isStale(), true);
    const paid = it.pay();
    t.equal(it.confirms.length, 0);
    await t.rest();
    t.equal(it.fake.updates.length, 3, "the update, its refresh, and the one for the payment");
    await t.clock.pass(10_100);
    await t.rest();
    const { type, reason } = it.confirms.length ? { type: "confirmed" } : await paid;
    t.same([type, reason], ["confirmed", undefined]);
    await confirmed(t, it, paid);
  },
  "a doubt that stays: blocked as stale, when the refresh fails or after 10 s": async (t) => {
    for (const ends of ["fails", "silent"]) {
      const it = await there(t);
      const outcome = it.run();
      await it.end(500);
      await outcome;
      it.fake.set(ends === "fails" ? { failWith: "Offline." } : { ends: "silent" });
      const paid = it.pay();
      if (ends === "silent") {
        await t.clock.pass(9_990);
        t.equal(await t.isSettled(paid), false);
        await t.clock.pass(20);
      }
      await blocked(t, paid, "stale");
      t.same([it.confirms.length, isPaying(it)], [0, false], ends);
      it.fake.release();
      it.updates.dispose();
      it.shop.close();
    }
  },
  "a function of request or wrap: one refresh follows it": async (t) => {
    for (const name of ["request", "wrap"]) {
      const it = await there(t);
      let save;
      const wrapped = it.updates.wrap("save", () => new Promise((resolve) => (save = resolve)));
      const called = name === "wrap" ? wrapped() : it.updates.request("changeInterval", yearly)();
      const paid = it.pay();
      await t.rest();
      t.equal(it.confirms.length, 0);
      if (name === "wrap") save();
      else await it.end();
      await called;
      await t.rest();
      t.equal(it.fake.updates.length, 1, `a refresh after ${name}`);
      await confirmed(t, it, paid);
      it.shop.close();
    }
  },
  "for a second after such a function a press is followed by one refresh, then it is not": async (t) => {
    const it = await there(t);
    for (const [ms, refreshes] of [
      [900, 1],
      [1_001, 0],
    ]) {
      const called = it.updates.request("changeInterval", yearly)();
      await it.end();
      await called;
      await t.clock.pass(ms);
      const before = it.fake.updates.length;
      it.confirms.length = 0;
      const paid = it.pay();
      t.equal(it.confirms.length, refreshes ? 0 : 1, `in the same task after ${ms} ms`);
      await t.rest();
      t.equal(it.fake.updates.length - before, refreshes);
      await confirmed(t, it, paid);
    }
  },
  "signal and dispose end the wait": async (t) => {
    for (const how of ["signal", "dispose"]) {
      const it = await there(t);
      void it.run();
      const order = await it.shop.next();
      const control = new AbortController();
      const paid = it.pay({ signal: control.signal });
      if (how === "signal") control.abort();
      else it.updates.dispose();
      await blocked(t, paid, "cancelled");
      t.same([it.confirms.length, isPaying(it)], [0, false], how);
      order.answer();
      await t.rest();
      t.equal(it.confirms.length, 0);
      it.shop.close();
    }
  },
  "a wait that was begun by a payment keeps later updates back": async (t) => {
    const it = await there(t);
    const outcome = it.run();
    const paid = it.pay();
    t.equal((await it.run("monthly")).error.kind, "paying");
    await it.end();
    await outcome;
    await t.rest();
    await confirmed(t, it, paid);
    t.equal(it.shop.requests.length, 1);
  },
  "no refresh of ours starts while confirm runs": async (t) => {
    const it = await there(t);
    const outcome = it.run();
    await it.end(500);
    await outcome;
    await t.clock.pass(5_010);
    t.equal(it.updates.isStale(), false, "a quiet one is to come");
    const before = it.fake.updates.length;
    const paid = it.pay();
    t.equal(it.confirms.length, 1);
    await t.clock.pass(60_000);
    t.equal(it.fake.updates.length, before);
    await confirmed(t, it, paid);
  },
  "hold is null where something is pending, stale, or may be fetched": async (t) => {
    const it = await there(t);
    const outcome = it.run();
    t.equal(it.updates.hold(), null, "pending");
    await it.end(500);
    await outcome;
    t.equal(it.updates.hold(), null, "stale");
    await t.clock.pass(30_000);
    t.equal(it.updates.isStale(), false);
    const release = it.updates.hold();
    t.ok(release);
    release();
    const called = it.updates.request("changeInterval", yearly)();
    await it.end();
    await called;
    t.equal(it.updates.hold(), null, "Stripe.js may still be fetching");
    await t.clock.pass(1_010);
    t.ok(it.updates.hold());
  },
  "before the module is loaded an update is waited for, and hold is null": loading(async (t) => {
    const it = await underWay(t, { stripe: { session: SHOWN } });
    const outcome = it.run();
    t.equal(it.updates.hold(), null);
    const paid = it.pay();
    t.same([it.confirms.length, isPaying(it)], [0, true]);
    it.fake.server({ total: { total: 3001 } });
    await it.go();
    await it.end();
    t.equal((await outcome).type, "success");
    await blocked(t, paid, "changed");
  }),
  "an update that no module ever made: failed": loading(async (t) => {
    const it = await underWay(t);
    const outcome = it.run();
    const paid = it.pay();
    await t.clock.pass(19_600);
    t.equal((await outcome).error.kind, "unavailable");
    await blocked(t, paid, "failed");
    t.equal(it.confirms.length, 0);
  }),
  "a module that comes late is told that a payment or a hold is under way": loading(async (t) => {
    for (const what of ["pay", "hold"]) {
      const it = await underWay(t);
      const paid = what === "pay" ? it.pay() : null;
      const release = paid ? null : it.updates.hold();
      await it.go();
      await t.rest();
      t.equal(isPaying(it), true, what);
      t.equal((await it.run()).error.kind, "paying", what);
      t.equal(it.updates.hold(), null, what);
      if (paid) await confirmed(t, it, paid);
      else release();
      t.equal(isPaying(it), false, what);
      const outcome = it.run();
      await it.end();
      t.equal((await outcome).type, "success");
      if (paid) t.same(it.updates.metrics().payments, { confirmed: 1, blocked: {} });
      it.shop.close();
    }
  }),
};

const trapping = (check) => framed({ dist: "dist-trap" }, check);

const withTrap = {
  "a trap during a payment does not touch it": async (t) => {
    const it = await there(t);
    const paid = it.pay();
    await t.trapNext();
    it.updates.cancel();
    t.equal(isPaying(it), true, "a card may be charged meanwhile");
    await blocked(t, it.pay(), "paying");
    t.equal((await it.run()).error.kind, "paying", "of the fresh instance too");
    t.equal(await t.isSettled(paid), false);
    await confirmed(t, it, paid);
    t.same(it.updates.metrics().payments, { confirmed: 1, blocked: { paying: 1 } });
  },
  "a trap during a payment that is declined or rejects": async (t) => {
    const it = await there(t);
    const paid = it.pay();
    await t.trapNext();
    it.updates.cancel();
    const cause = new Error("no");
    it.confirms[0].fail(cause);
    t.equal(await t.rejection(paid), cause);
    t.equal(isPaying(it), false);
  },
  "a trap during a hold does not end it": async (t) => {
    const it = await there(t);
    const release = it.updates.hold();
    await t.trapNext();
    it.updates.cancel();
    t.equal(isPaying(it), true);
    t.equal((await it.run()).error.kind, "paying");
    release();
    t.equal(isPaying(it), false);
  },
  "a trap while a payment waits for an update: nothing is paid": async (t) => {
    const it = await there(t);
    const outcome = it.run();
    await it.shop.next();
    const paid = it.pay();
    await t.trapNext();
    it.updates.cancel();
    t.equal((await outcome).error.kind, "internal");
    await t.clock.pass(11_000);
    const { type, reason } = await paid;
    t.equal(type, "blocked");
    t.ok(["failed", "stale"].includes(reason), reason);
    t.same([it.confirms.length, isPaying(it)], [0, false]);
  },
};

export const rules = {
  ...Object.fromEntries(Object.entries(withClock).map(([name, check]) => [name, clocked(check)])),
  ...Object.fromEntries(Object.entries(withTrap).map(([name, check]) => [name, trapping(clocked(check))])),
};

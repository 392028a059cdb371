import { clocked, each } from "../lib/rule.js";

export const title = "3.6 run never rejects, and holds Stripe.js' word against what the function saw";

const yearly = { interval: "yearly" };
const SHAPES = [5, 6, 7, 8, 10, "react"];
const STYLES = ["result", "reject"];

/** Nothing has settled a millisecond before, and it has one later: engines' timers are whole milliseconds. */
async function settlesAfter(t, promise, ms) {
  await t.clock.pass(ms - 1);
  t.equal(await t.isSettled(promise), false, `before ${ms} ms`);
  await t.clock.pass(2);
  t.equal(await t.isSettled(promise), true, `after ${ms} ms`);
}

const answers =
  (...given) =>
  async (_t, { shop }) =>
    (await shop.next()).answer(...given);

/**
 * The rows of the table. `stripe` is what Stripe.js does to this update, `drive` what happens meanwhile; `outcome` is
 * the type or kind and `applied`.
 */
const ROWS = [
  {
    row: "success, and the function succeeded: success",
    drive: answers(),
    outcome: ["success"],
    requests: 1,
  },
  {
    row: "success, though the function failed: the recorded failure",
    stripe: { ends: "success" },
    drive: answers(400, { type: "error", message: "Sold out." }),
    outcome: ["refused", "no", "Sold out."],
    requests: 1,
  },
  {
    row: "error or rejection, and the function failed: the recorded failure",
    drive: answers(400, { type: "error", message: "Sold out." }),
    outcome: ["refused", "no", "Sold out."],
    requests: 1,
  },
  {
    row: "silent for 1 s after the function failed: the recorded failure",
    stripe: { ends: "silent" },
    async drive(t, { shop, outcome }) {
      (await shop.next()).answer(400, { type: "error", message: "Sold out." });
      await settlesAfter(t, outcome, 1_000);
    },
    outcome: ["refused", "no", "Sold out."],
    requests: 1,
  },
  {
    row: "error or rejection, though the function succeeded: refresh_failed",
    stripe: { failWith: "No session.", failAt: "refresh" },
    drive: answers(),
    outcome: ["refresh_failed", "yes"],
    session: true,
    stale: false,
    requests: 1,
  },
  {
    row: "silent for 10 s after the function succeeded: refresh_failed, no longer stale once Stripe.js answers",
    stripe: { ends: "silent" },
    async drive(t, { shop, updates, fake, outcome }) {
      (await shop.next()).answer();
      await t.clock.pass(9_999);
      t.equal(updates.isStale(), false);
      await t.clock.pass(2);
      t.equal(updates.isStale(), true);
      t.equal(updates.metrics().failures.at(-1).kind, "refresh_failed");
      // The refresh that belongs to it waits behind it in Stripe.js' queue, 10 s at most.
      t.equal(await t.isSettled(outcome), false);
      await t.clock.pass(10_002);
      await outcome;
      t.equal(updates.isStale(), true);
      fake.release();
      await fake.idle();
      await t.rest();
    },
    outcome: ["refresh_failed", "yes"],
    stale: false,
    requests: 1,
  },
  {
    row: "any end, 19 s or more after the call, the function still running: aborted, timeout",
    stripe: { endsAfterMs: 19_000 },
    endpointOptions: { timeoutMs: 20_000 },
    async drive(t, { shop }) {
      const { signal } = await shop.next();
      await t.clock.pass(18_999);
      t.equal(signal.aborted, false);
      await t.clock.pass(2);
      t.equal(signal.aborted, true);
    },
    outcome: ["timeout", "unknown"],
    session: true,
    stale: true,
    requests: 1,
  },
  ...["honest", "success"].map((ends) => ({
    row: `any end, earlier, the function still running: aborted, stripe_error (${ends})`,
    stripe: { endsAfterMs: 18_990, ends },
    async drive(t, { shop }) {
      const { signal } = await shop.next();
      await t.clock.pass(18_991);
      t.equal(signal.aborted, true);
    },
    outcome: ["stripe_error", "unknown"],
    session: true,
    stale: true,
    requests: 1,
  })),
  ...["honest", "success"].map((ends) => ({
    row: `any end, never called: stripe_error, and a late call sends nothing (${ends})`,
    stripe: { calls: 0, callsLate: true, ends },
    async drive(t, { fake, outcome }) {
      await outcome;
      await t.clock.pass(1);
      t.equal(fake.updates[0].calls, 1, "the late call");
    },
    outcome: ["stripe_error", "no"],
    requests: 0,
  })),
  {
    row: "an error before the call: stripe_error",
    stripe: { failWith: "Stripe.js is not well." },
    drive: async () => {},
    outcome: ["stripe_error", "no"],
    requests: 0,
  },
  {
    row: "silent for 20 s, never called: timeout, and a late call sends nothing",
    stripe: { calls: 0, callsLate: true, ends: "silent" },
    async drive(t, { fake, outcome }) {
      await settlesAfter(t, outcome, 20_000);
      fake.release();
      await fake.idle();
      await t.clock.pass(1);
      t.equal(fake.updates[0].calls, 1, "the late call");
    },
    outcome: ["timeout", "no"],
    requests: 0,
  },
  {
    row: "calls it twice: the second call gets the first promise",
    stripe: { calls: 2 },
    async drive(t, { shop, fake }) {
      (await shop.next()).answer();
      await fake.idle();
      t.equal(fake.updates[0].calls, 2);
    },
    outcome: ["success"],
    requests: 1,
  },
];

/** One row, with one shape of the API and one way to fail. */
async function checkRow(t, row, version, failures) {
  const at = `stripe-js ${version}, ${failures}`;
  const { fake, actions } = await t.stripe({ version, failures });
  const shop = t.shop();
  const updates = await t.updates({ endpointOptions: row.endpointOptions });
  if (row.stripe) fake.next(row.stripe);
  const outcome = updates.run(actions, "changeInterval", yearly);
  await row.drive(t, { shop, updates, fake, outcome });
  const { type, error, session, body } = await outcome;
  await t.rest();
  const [kind, applied, message] = row.outcome;
  if (kind === "success") {
    t.equal(type, "success", `${at}: ${JSON.stringify(error)}`);
    t.same(body, { type: "success" }, at);
    t.equal(session.id, t.SESSION, at);
    t.ok(session.total, at);
  } else {
    t.equal(type, "error", at);
    t.same([error.kind, error.applied], [kind, applied], at);
    if (message) t.equal(error.message, message, at);
    t.equal(session !== undefined, row.session ?? false, `${at}: a session`);
    if (session) t.equal(session.id, t.SESSION, at);
  }
  t.equal(shop.requests.length, row.requests, `${at}: requests`);
  t.equal(updates.isStale(), row.stale ?? false, `${at}: stale`);
  t.equal(updates.isPending(), false, `${at}: pending`);
  updates.dispose();
  shop.close();
}

const table = each(
  ROWS,
  ({ row }) => row,
  async (t, row) => {
    for (const version of SHAPES) for (const failures of STYLES) await checkRow(t, row, version, failures);
  },
  clocked,
);

/** The second promise of a function that is called twice, and that of a late call, seen by hand. */
function byHand() {
  const calls = [];
  let end;
  const runServerUpdate = (update) => {
    calls.push(update);
    return new Promise((resolve) => (end = resolve));
  };
  const session = { id: "cs_test_contract", status: { type: "open" } };
  return { calls, actions: { runServerUpdate, getSession: () => session }, session, end: (value) => end(value) };
}

const success = { type: "success" };

export const rules = {
  ...table,
  "a second call gets the very promise of the first, a late one its rejection": async (t) => {
    const shop = t.shop();
    const updates = await t.updates();
    const stripe = byHand();
    const outcome = updates.run(stripe.actions, "changeInterval", yearly);
    const [update] = stripe.calls;
    const promises = [update(), update()];
    t.equal(promises[0], promises[1]);
    (await shop.next()).answer(400);
    const error = await t.rejection(promises[0]);
    stripe.end({ type: "error", error: { message: "No.", code: null } });
    t.equal((await outcome).error, error);
    t.equal(await t.rejection(update()), error);
    t.equal(shop.requests.length, 1);
  },
  "the session is under session, under success, or with the actions": async (t) => {
    for (const [given, expected] of [
      [{ type: "success", session: { id: t.SESSION, from: "session" } }, "session"],
      [{ type: "success", success: { id: t.SESSION, from: "success" } }, "success"],
      [{ type: "success" }, undefined],
    ]) {
      const shop = t.shop();
      const updates = await t.updates();
      const stripe = byHand();
      const outcome = updates.run(stripe.actions, "changeInterval", yearly);
      const called = stripe.calls[0]();
      (await shop.next()).answer();
      await called;
      stripe.end(given);
      const { type, session } = await outcome;
      t.equal(type, "success");
      t.equal(session.from, expected);
      t.equal(session.id, t.SESSION);
      shop.close();
    }
  },
  "what Stripe.js ends with that is no success is an error": async (t) => {
    for (const given of [undefined, null, {}, "success", { type: "other" }, []]) {
      const updates = await t.updates();
      const stripe = byHand();
      const outcome = updates.run(stripe.actions, "changeInterval", yearly);
      stripe.end(given);
      const { error } = await outcome;
      t.same([error.kind, error.applied], ["stripe_error", "no"], String(given));
    }
  },
  "a runServerUpdate that throws at once is a rejection": async (t) => {
    const updates = await t.updates();
    const cause = new Error("thrown");
    const { error } = await updates.run(
      {
        runServerUpdate() {
          throw cause;
        },
        getSession: () => ({ id: t.SESSION }),
      },
      "changeInterval",
      yearly,
    );
    t.equal(error.kind, "stripe_error");
    t.equal(error.cause, cause);
  },
  "run takes a function of request": async (t) => {
    const shop = t.shop();
    const updates = await t.updates();
    const { actions } = await t.stripe();
    const update = updates.request("changeInterval", yearly);
    const first = updates.run(actions, update);
    (await shop.next()).answer(400);
    const { error } = await first;
    t.equal(error.kind, "refused");
    t.equal(update.failure, error);
    const second = updates.run(actions, update);
    t.equal(update.failure, null);
    const order = await shop.next();
    t.same(order.body, { checkout_session_id: t.SESSION, interval: "yearly" });
    order.answer();
    t.equal((await second).type, "success");
    t.equal(update.failure, null);
  },
  "run takes a function of wrap": async (t) => {
    const updates = await t.updates();
    const { actions, fake } = await t.stripe();
    const results = [{ saved: true }, new Error("not saved")];
    const update = updates.wrap("save", async () => {
      const result = results.shift();
      if (result instanceof Error) throw result;
      return result;
    });
    const first = await updates.run(actions, update);
    t.equal(first.type, "success");
    t.same(first.body, { saved: true });
    t.equal(first.session.id, t.SESSION);
    const { error } = await updates.run(actions, update);
    t.same([error.kind, error.applied, error.endpoint], ["callback_failed", "unknown", "save"]);
    t.equal(error.cause.message, "not saved");
    t.equal(update.failure, error);
    // Two updates and the refresh after the failure.
    t.equal(fake.updates.length, 3);
  },
  "a function that is not of this object is a TypeError": async (t) => {
    const updates = await t.updates();
    const other = await t.updates();
    const { actions, fake } = await t.stripe();
    for (const foreign of [async () => {}, other.request("changeInterval", yearly), other.wrap("x", async () => {})]) {
      t.ok((await t.rejection(updates.run(actions, foreign))) instanceof TypeError);
    }
    t.equal(fake.updates.length, 0);
  },
  "an undeclared name is a TypeError": async (t) => {
    const updates = await t.updates();
    const { actions } = await t.stripe();
    t.ok((await t.rejection(updates.run(actions, "other", {}))) instanceof TypeError);
  },
  "a bad intent is an outcome, and Stripe.js is not called": async (t) => {
    const updates = await t.updates();
    const { actions, fake } = await t.stripe();
    for (const intent of [{}, { interval: "weekly" }, { ...yearly, amount: 1 }, null, undefined]) {
      const { type, error } = await updates.run(actions, "changeInterval", intent);
      t.same([type, error.kind], ["error", "invalid_intent"]);
    }
    t.equal(fake.updates.length, 0);
  },
  "what has no runServerUpdate is unsupported": async (t) => {
    const updates = await t.updates();
    const throwing = {
      get runServerUpdate() {
        throw new Error("getter");
      },
    };
    for (const actions of [{}, null, undefined, 7, "x", throwing, { runServerUpdate: true }]) {
      const { type, error } = await updates.run(actions, "changeInterval", yearly);
      t.same([type, error.kind, error.applied], ["error", "unsupported", "no"], String(actions));
    }
  },
  "a session that is not open is session_closed": async (t) => {
    for (const version of SHAPES) {
      for (const status of [{ type: "expired" }, { type: "complete", paymentStatus: "paid" }]) {
        const updates = await t.updates();
        const { actions, fake } = await t.stripe({ version, session: { status } });
        const { error } = await updates.run(actions, "changeInterval", yearly);
        t.same([error.kind, error.applied], ["session_closed", "no"], version);
        t.equal(fake.updates.length, 0);
        t.equal(updates.isStale(), false);
      }
    }
  },
  "the session id is that of the call, else of the option, else of the actions": async (t) => {
    const shop = t.shop();
    for (const version of SHAPES) {
      for (const [options, given] of [
        [{ session: () => "cs_test_other" }, { session: t.SESSION }],
        [{}, {}],
        [{ session: undefined }, {}],
      ]) {
        const updates = await t.updates(options);
        const { actions } = await t.stripe({ version });
        const outcome = updates.run(actions, "changeInterval", yearly, given);
        const order = await shop.next();
        t.equal(order.body.checkout_session_id, t.SESSION, version);
        order.answer();
        t.equal((await outcome).type, "success");
      }
    }
  },
  "another session than that of the actions is invalid_session": async (t) => {
    for (const version of SHAPES) {
      const { actions, fake } = await t.stripe({ version });
      for (const [options, given] of [
        [{}, { session: "cs_test_other" }],
        [{ session: () => "cs_test_other" }, {}],
      ]) {
        const updates = await t.updates(options);
        const { error } = await updates.run(actions, "changeInterval", yearly, given);
        t.same([error.kind, error.applied], ["invalid_session", "no"], version);
        t.ok(!JSON.stringify([error, error.message]).includes("cs_test"));
      }
      t.equal(fake.updates.length, 0);
    }
  },
  "runServerUpdate is called as a method, once for each update": async (t) => {
    const shop = t.shop();
    const updates = await t.updates();
    const seen = [];
    const actions = {
      getSession: () => ({ id: t.SESSION }),
      async runServerUpdate(update) {
        seen.push(this === actions);
        await update();
        return success;
      },
    };
    const outcome = updates.run(actions, "changeInterval", yearly);
    (await shop.next()).answer();
    t.equal((await outcome).type, "success");
    t.same(seen, [true]);
  },
};

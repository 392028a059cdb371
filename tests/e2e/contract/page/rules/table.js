import { clocked, each } from "../lib/rule.js";

export const title = "3.6 What Stripe.js says is held against what the function saw";

const yearly = { interval: "yearly" };
/** Every shape that Stripe.js has had, and what React makes of the last. */
export const SHAPES = [5, 6, 7, 8, 10, "react"];
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

export const rules = each(
  ROWS,
  ({ row }) => row,
  async (t, row) => {
    for (const version of SHAPES) for (const failures of STYLES) await checkRow(t, row, version, failures);
  },
  clocked,
);

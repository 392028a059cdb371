import { SHAPES } from "./table.js";

export const title = "3.6 run never rejects";

const yearly = { interval: "yearly" };

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

import { clocked } from "../lib/rule.js";

export const title = "3.5 request gives functions, and Stripe.js serialises them";

const yearly = { interval: "yearly" };

export const rules = {
  "an undeclared name is a TypeError, and what is under way goes on": async (t) => {
    const shop = t.shop();
    const updates = await t.updates();
    const update = updates.request("changeInterval", yearly)();
    for (const name of ["other", "toString", "__proto__", "", undefined, null, 7, Symbol("x")]) {
      t.ok(t.thrown(() => updates.request(name, {}), TypeError, String(name)));
      t.ok(t.thrown(() => updates.pendingIntent(name), TypeError, String(name)));
      t.ok((await t.rejection(updates.run({}, name, {}), String(name))) instanceof TypeError);
    }
    (await shop.next()).answer();
    await update;
  },
  "a listener that is no function is a TypeError at once": async (t) => {
    const updates = await t.updates();
    for (const listener of [undefined, null, {}, "x"]) t.thrown(() => updates.subscribe(listener), TypeError);
  },
  "it is handed to runServerUpdate as it is": async (t) => {
    const shop = t.shop();
    const updates = await t.updates();
    const { actions } = await t.stripe();
    const update = updates.request("changeInterval", yearly);
    const { runServerUpdate } = actions;
    const ended = runServerUpdate(update);
    t.equal(update.length, 0);
    (await shop.next()).answer();
    t.equal((await ended).type, "success");
    t.equal(update.failure, null);
  },
  "its failure is in the function when Stripe.js' error says nothing": async (t) => {
    for (const failures of ["result", "reject"]) {
      const { url } = t.fault("status?code=400");
      const updates = await t.updates({ url });
      const { actions } = await t.stripe({ failures });
      const update = updates.request("changeInterval", yearly);
      const ended = actions.runServerUpdate(update);
      if (failures === "reject") await t.rejection(ended);
      else t.equal((await ended).type, "error");
      t.equal(update.failure.kind, "refused");
    }
  },
  "failure is cleared at the start and set at the end": async (t) => {
    const shop = t.shop();
    const updates = await t.updates();
    const update = updates.request("changeInterval", yearly);
    t.equal(update.failure, null);
    const first = update();
    (await shop.next()).answer(400);
    const error = await t.rejection(first);
    t.equal(update.failure, error);
    const second = update();
    t.equal(update.failure, null, "while it runs");
    (await shop.next()).answer();
    await second;
    t.equal(update.failure, null, "after a success");
  },
  "each call is a new update": async (t) => {
    const shop = t.shop();
    const updates = await t.updates();
    const update = updates.request("changeInterval", yearly);
    const calls = [update(), update()];
    t.ok(calls[0] !== calls[1]);
    const orders = [await shop.next(), await shop.next()];
    t.ok(orders[0].key !== orders[1].key, "keys");
    for (const order of orders) order.answer();
    await Promise.all(calls);
    t.equal(updates.metrics().endpoints.changeInterval.updates, 2);
  },
  "it never queues, joins or replaces": async (t) => {
    const shop = t.shop();
    const updates = await t.updates({ endpointOptions: { latest: true } });
    const { actions } = await t.stripe();
    const outcome = updates.run(actions, "changeInterval", yearly);
    await shop.next();
    const calls = [
      updates.request("changeInterval", yearly)(),
      updates.request("changeInterval", { interval: "monthly" })(),
    ];
    // Both are sent at once, beside what `run` has sent.
    for (const call of calls) {
      (await shop.next()).answer();
      await call;
    }
    t.equal(shop.requests.length, 3);
    t.equal(await t.isSettled(outcome), false);
    const { joined, superseded } = updates.metrics().endpoints.changeInterval;
    t.same([joined, superseded], [0, 0]);
  },
  "its success never clears staleness": clocked(async (t) => {
    const shop = t.shop();
    const updates = await t.updates();
    const update = updates.request("changeInterval", yearly);
    const failed = t.rejection(update());
    (await shop.next()).answer(500);
    await failed;
    t.equal(updates.isStale(), true);
    const sent = update();
    (await shop.next()).answer();
    await sent;
    t.equal(updates.isStale(), true);
  }),
  "the session id is read when the function is called, for run when run is": async (t) => {
    const shop = t.shop();
    let session = "cs_test_a";
    let reads = 0;
    const updates = await t.updates({
      session: () => {
        reads += 1;
        return session;
      },
    });
    const update = updates.request("changeInterval", yearly);
    t.equal(reads, 0, "request reads nothing");
    session = "cs_test_b";
    const sent = update();
    session = "cs_test_c";
    const first = await shop.next();
    t.equal(first.body.checkout_session_id, "cs_test_b");
    first.answer();
    await sent;
    const { actions } = await t.stripe({ session: { id: "cs_test_c" } });
    const outcome = updates.run(actions, "changeInterval", yearly);
    session = "cs_test_d";
    const second = await shop.next();
    t.equal(second.body.checkout_session_id, "cs_test_c");
    second.answer();
    t.equal((await outcome).type, "success");
    t.equal(reads, 2);
  },
  "the object and its functions are plain: copied, they still work": async (t) => {
    const shop = t.shop();
    const updates = await t.updates();
    const { request, isPending, metrics } = { ...updates };
    const sent = request("changeInterval", yearly)();
    t.equal(isPending(), true);
    (await shop.next()).answer();
    await sent;
    t.equal(metrics().endpoints.changeInterval.successes, 1);
    t.equal(Object.getPrototypeOf(updates), Object.prototype);
  },
};

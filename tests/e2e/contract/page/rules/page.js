import { clocked, each, framed, loading } from "../lib/rule.js";

export const title = "3.11 It never breaks the page";

const yearly = { interval: "yearly" };

/** Everything that an object does in a day, with nobody handling anything. */
async function day(t) {
  const shop = t.shop();
  const { actions } = await t.stripe({ failures: "reject" });
  const updates = await t.updates({ endpointOptions: { dedupe: false, timeoutMs: 500 } });
  const request = (intent) => void updates.request("changeInterval", intent)();
  const run = (...given) => void updates.run(actions, "changeInterval", ...given);
  request({});
  request(yearly);
  (await shop.next()).fail();
  request(yearly);
  (await shop.next()).answer(200, "<!doctype html>");
  request(yearly);
  (await shop.next()).answer(500, '{"error":');
  void updates.wrap("own", () => Promise.reject(new Error("own")))();
  run(yearly);
  (await shop.next()).answer(400);
  run(yearly, { signal: AbortSignal.abort() });
  run(yearly);
  const order = await shop.next();
  run(yearly);
  updates.cancel();
  void updates.refresh({});
  void updates.ready;
  // The deadline of what is under way: the signal tells.
  if (!order.signal.aborted) await new Promise((resolve) => order.signal.addEventListener("abort", resolve));
  await updates.settled();
  t.ok(updates.metrics().failures.length >= 6);
  updates.dispose();
}

/** What is wrong with the options: the options, and what the text must name. */
const WRONG = [
  ["no options", () => undefined, /createUpdates/],
  ["no endpoints", () => ({}), /"endpoints"/],
  ["an unknown key", () => ({ endpoints: {}, timeout: 1 }), /"timeout"/],
  ["a session that is no function", () => ({ endpoints: {}, session: "cs_test_a" }), /"session"/],
  ["a sessionField that is no text", () => ({ endpoints: {}, sessionField: 7 }), /"sessionField"/],
  ["an unknown kind of message", () => ({ endpoints: {}, messages: { oops: "x" } }), /"oops"/],
  ["a message that is no text", () => ({ endpoints: {}, messages: { timeout: 1 } }), /"timeout"/],
  ["a csrf without a token", () => ({ endpoints: {}, csrf: { header: "X" } }), /"token"/],
  ["a csrf header of our own", () => ({ endpoints: {}, csrf: { header: "Idempotency-Key", token() {} } }), /"header"/],
  ["onFailure that is no function", () => ({ endpoints: {}, onFailure: true }), /"onFailure"/],
  ["an endpoint that is none", () => ({ endpoints: { gift: "/gift" } }), /gift/],
];

/** A page with two objects, one with an update under way, whose module traps in the next entry. */
async function beforeTrap(t, options) {
  const told = [];
  const shop = t.shop();
  const { actions, fake } = await t.stripe();
  const updates = await t.updates({ onFailure: (error) => told.push(error.kind), ...options });
  const other = await t.updates();
  const run = (interval, object = updates) => object.run(actions, "changeInterval", { interval });
  return { shop, actions, fake, updates, other, run, told };
}

/** What of the page the module calls: the options, or where else `act` is called. */
const CALLED_BACK = [
  ["session", (session) => ({ session })],
  ["token", (token) => ({ csrf: { header: "x-csrf-token", token } })],
  ["messages", (messages) => ({ messages })],
  ["onFailure", (onFailure) => ({ onFailure })],
  ["onSettled", (onSettled) => ({ onSettled })],
  ["a listener", (act, it) => void it?.updates.subscribe(act)],
  ["runServerUpdate", (act, it) => void (it && (it.called = act))],
];

/** After the trap both objects work, on a fresh instance. */
async function worksAgain(t, it) {
  for (const object of [it.updates, it.other]) {
    const shop = t.shop();
    const { actions } = await t.stripe();
    const outcome = object.run(actions, "changeInterval", yearly);
    (await shop.next()).answer();
    t.equal((await outcome).type, "success");
    const sent = object.request("changeInterval", yearly)();
    (await shop.next()).answer();
    t.equal((await sent).ok, true);
    t.equal(object.isPending(), false);
    shop.close();
  }
}

const trapping = (check) => framed({ dist: "dist-trap" }, check);

export const rules = {
  "nothing is said in the console and no rejection is unhandled, though nobody handles any": day,
  "the same under the strictest policy that it works with": framed({ policy: "strict" }, day),
  "the same under a policy that forbids WebAssembly": framed({ policy: "no-wasm" }, day),
  ...each(
    WRONG,
    ([what]) => `wrong options throw TypeError at once and name the key: ${what}`,
    async (t, [, make, text]) => {
      const { createUpdates } = await t.module("index");
      t.match(t.thrown(() => createUpdates(make()), TypeError).message, text);
    },
  ),
  "a callback that throws is reported by reportError, and changes nothing else": async (t) => {
    const shop = t.shop();
    const { actions } = await t.stripe();
    const updates = await t.updates({
      onFailure() {
        throw new Error("onFailure threw");
      },
    });
    const heard = [];
    updates.subscribe(() => {
      throw new Error("listener threw");
    });
    updates.subscribe(() => heard.push(updates.isPending()));
    const outcome = updates.run(actions, "changeInterval", yearly);
    (await shop.next()).answer(400);
    t.equal((await outcome).error.kind, "refused");
    t.same(heard, [true, false]);
    const sent = updates.request("changeInterval", yearly)();
    (await shop.next()).answer();
    await sent;
    t.equal(updates.metrics().endpoints.changeInterval.updates, 2);
    await t.rest();
    const said = notes.map((note) => note.replace(/Uncaught |Error: /g, ""));
    t.same(said.filter((note) => /onFailure/.test(note)).length, 1);
    t.same(said.filter((note) => /listener/.test(note)).length, 4);
    t.allow(/^error: .*(onFailure|listener) threw$/);
  },
  "ready tells when the engine is there, and nobody has to handle it": loading(async (t) => {
    const { createUpdates, useWasm } = await t.module("slim");
    useWasm("/dist/none.wasm");
    const updates = t.keep(createUpdates({ endpoints: {} }));
    void updates.ready;
    const error = await t.rejection(updates.ready);
    t.match(error.message, /404/);
    useWasm("/dist/checkout_updates.wasm");
    t.equal(await updates.ready, undefined);
  }),
  "a file that is not ours is unavailable, and says so": loading(async (t) => {
    const { createUpdates, useWasm, endpoint } = await t.module("slim");
    useWasm("/frame.html");
    const updates = t.keep(createUpdates({ session: () => t.SESSION, endpoints: { gift: endpoint("/update", {}) } }));
    for (const source of ["/frame.html", new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]), new Response("x")]) {
      useWasm(source);
      const error = await t.rejection(updates.request("gift", {})());
      t.equal(error.kind, "unavailable");
      t.match(error.detail, /checkout_updates\.wasm/);
    }
  }),
  "two copies of the package are independent": async (t) => {
    const { createUpdates, endpoint, oneOf, CheckoutUpdateError } = await t.module("index");
    const copy = await import("/copy/index.js");
    t.ok(copy.createUpdates !== createUpdates);
    const shop = t.shop();
    const { actions, fake } = await t.stripe();
    // Each may be given what the other has made.
    const interval = oneOf("monthly", "yearly");
    const options = { session: () => t.SESSION, endpoints: { changeInterval: endpoint("/update", { interval }) } };
    const [one, two] = [t.keep(createUpdates(options)), t.keep(copy.createUpdates(options))];
    await Promise.all([one.ready, two.ready]);
    const outcomes = [one, two].map((object) => object.run(actions, "changeInterval", yearly));
    (await shop.next()).answer();
    (await shop.next()).answer(400);
    const [first, second] = await Promise.all(outcomes);
    t.same([first.type, second.error.kind], ["success", "refused"]);
    t.equal(second.error instanceof CheckoutUpdateError, false);
    t.equal((await t.module("index")).isCheckoutUpdateError(second.error), true);
    t.equal(fake.updates.length, 3, "two updates and a refresh");
    t.same(
      [one, two].map((object) => object.metrics().endpoints.changeInterval.failures),
      [{}, { refused: 1 }],
    );
  },
  "a trap in an entry: what was owed is internal at once, the page is stale, and all goes on": trapping(async (t) => {
    const it = await beforeTrap(t);
    const update = it.updates.request("changeInterval", yearly);
    const called = t.rejection(update());
    const outcomes = [it.run("yearly"), it.run("monthly")];
    const others = it.run("yearly", it.other);
    const orders = [await it.shop.next(), await it.shop.next()];
    t.ok(orders.length);
    await t.trapNext();
    it.updates.cancel();
    t.equal(it.updates.isPending(), false, "at once");
    for (const { type, error } of await Promise.all(outcomes)) {
      t.same([type, error.kind, error.applied], ["error", "internal", "unknown"]);
    }
    const { error: unsent } = await others;
    t.same([unsent.kind, unsent.applied], ["internal", "no"], "the other object has sent nothing");
    t.same([(await called).kind, (await called).applied, update.failure?.kind], ["internal", "unknown", "internal"]);
    t.same([it.updates.isStale(), it.other.isStale()], [true, true]);
    t.equal(it.updates.metrics().failures.length, 3);
    t.same(it.told, ["internal", "internal", "internal"]);
    // What the dead instance had sent is answered at last.
    for (const order of orders) order.answer();
    await t.rest();
    await worksAgain(t, it);
  }),
  "a trap where nothing was sent is no": trapping(async (t) => {
    const it = await beforeTrap(t);
    const actions = { getSession: it.actions.getSession, runServerUpdate: () => new Promise(() => {}) };
    const outcome = it.updates.run(actions, "changeInterval", yearly);
    await t.trapNext();
    it.updates.cancel();
    const { error } = await outcome;
    t.same([error.kind, error.applied], ["internal", "no"]);
    await worksAgain(t, it);
  }),
  "a trap while a detached caller's update goes on is unknown": trapping(async (t) => {
    const it = await beforeTrap(t);
    const control = new AbortController();
    const first = it.updates.run(it.actions, "changeInterval", yearly, { signal: control.signal });
    const second = it.run("yearly");
    await it.shop.next();
    control.abort();
    t.equal((await first).type, "cancelled");
    await t.trapNext();
    it.updates.cancel();
    const { error } = await second;
    t.same([error.kind, error.applied], ["internal", "unknown"]);
    // Stripe.js is told too: it goes on with the next.
    await it.fake.idle();
    await worksAgain(t, it);
  }),
  "a trap when an answer arrives": trapping(async (t) => {
    const it = await beforeTrap(t);
    const outcome = it.run("yearly");
    const order = await it.shop.next();
    await t.trapNext();
    order.answer();
    const { error } = await outcome;
    t.same([error.kind, error.applied], ["internal", "unknown"]);
    t.equal(it.updates.isStale(), true);
    await worksAgain(t, it);
  }),
  "a trap when Stripe.js calls, ends, or a timer fires": trapping(
    clocked(async (t) => {
      for (const when of ["calls", "ends", "timer"]) {
        const it = await beforeTrap(t);
        let call;
        let end;
        const actions = {
          getSession: it.actions.getSession,
          runServerUpdate: (update) =>
            new Promise((resolve) => {
              call = update;
              end = resolve;
            }),
        };
        const outcome = it.updates.run(actions, "changeInterval", yearly);
        if (when === "calls") await t.trapNext();
        const called = call().catch((error) => error);
        if (when !== "calls") {
          const order = await it.shop.next();
          if (when === "ends") order.answer();
          await t.rest();
          await t.trapNext();
          if (when === "ends") end({ type: "success" });
          else await t.clock.pass(19_501);
        }
        const { error } = await outcome;
        t.same([error.kind, error.applied], ["internal", when === "calls" ? "no" : "unknown"], when);
        const gave = await called;
        if (when === "ends") t.equal(gave.status, 200);
        else t.equal(gave.kind, "internal", when);
        await worksAgain(t, it);
      }
    }),
  ),
  "a trap inside an asynchronous task ends at the deadline at the latest": trapping(
    clocked(async (t) => {
      const it = await beforeTrap(t, { endpointOptions: { retries: 1 } });
      const called = t.rejection(it.updates.request("changeInterval", yearly)());
      const order = await it.shop.next();
      // The task looks at the wall clock alone when it reads this header.
      await t.trapNext(Date);
      order.answer(503, "", { "retry-after": new Date(Date.now() + 60_000).toUTCString() });
      await t.rest();
      await t.clock.pass(19_500 + 250 + 2);
      const error = await called;
      t.ok(["timeout", "internal"].includes(error.kind), error.kind);
      t.equal(error.applied, "unknown");
      t.equal(it.updates.isStale(), true);
      // This one the browser reports: it is a bug in the module, met where nobody calls it.
      t.allow(/unreachable/);
      await worksAgain(t, it);
    }),
  ),
  "after a trap the page finds out what the server has, and is fresh again": trapping(
    clocked(async (t) => {
      const it = await beforeTrap(t);
      const outcome = it.run("yearly");
      await it.shop.next();
      const before = it.fake.updates.length;
      await t.trapNext();
      it.updates.cancel();
      t.equal((await outcome).error.kind, "internal");
      await t.rest();
      t.equal(it.fake.updates.length, before + 1, "it refreshes");
      t.equal(it.updates.isStale(), true);
      await t.clock.pass(5_002);
      t.equal(it.fake.updates.length, before + 2);
      t.equal(it.updates.isStale(), false);
    }),
  ),
  "however often it was disposed, an object is told of a trap once": trapping(async (t) => {
    const it = await beforeTrap(t);
    for (let effect = 0; effect < 3; effect++) {
      const outcome = it.run("yearly");
      (await it.shop.next()).answer();
      await outcome;
      it.updates.dispose();
    }
    const outcome = it.run("yearly");
    await it.shop.next();
    const before = it.fake.updates.length;
    await t.trapNext();
    it.updates.cancel();
    t.equal((await outcome).error.kind, "internal");
    await it.fake.idle();
    await t.rest();
    t.equal(it.fake.updates.length, before + 1, "one refresh");
    t.same(it.told, ["internal"]);
  }),
  "a disposed object knows nothing of a trap": trapping(async (t) => {
    const it = await beforeTrap(t);
    const outcome = it.run("yearly");
    (await it.shop.next()).answer();
    await outcome;
    it.updates.dispose();
    const called = t.rejection(it.other.request("changeInterval", yearly)());
    await it.shop.next();
    await t.trapNext();
    it.other.cancel();
    t.equal((await called).kind, "internal");
    t.same([it.updates.isStale(), it.other.isStale()], [false, true]);
    await worksAgain(t, it);
  }),
  "after a trap a callback may begin the next": trapping(async (t) => {
    const next = [];
    const it = await beforeTrap(t, {
      onFailure({ kind }) {
        if (kind === "internal") next.push(it.updates.request("changeInterval", yearly)());
      },
    });
    const called = t.rejection(it.updates.request("changeInterval", yearly)());
    await it.shop.next();
    await t.trapNext();
    it.updates.cancel();
    t.equal((await called).kind, "internal");
    (await it.shop.next()).answer();
    t.equal((await next[0]).ok, true);
    await worksAgain(t, it);
  }),
  "a trap of one copy is none of another's": trapping(async (t) => {
    const copy = await import("/copy-trap/index.js");
    const it = await beforeTrap(t);
    const { endpoint } = copy;
    const endpoints = { gift: endpoint("/update", {}) };
    const own = t.keep(copy.createUpdates({ session: () => t.SESSION, endpoints }));
    await own.ready;
    const sent = own.request("gift", {})();
    const order = await it.shop.next();
    const outcome = it.run("yearly");
    await it.shop.next();
    await t.trapNext();
    it.updates.cancel();
    t.equal((await outcome).error.kind, "internal");
    t.same([own.isPending(), own.isStale()], [true, false]);
    order.answer();
    t.equal((await sent).ok, true);
    await worksAgain(t, it);
  }),
  ...each(
    CALLED_BACK,
    ([what]) => `a trap in an entry that ${what} makes while the module calls it`,
    async (t, [what, given]) => {
      const { now } = await t.trapper();
      let isArmed = true;
      const value = { session: t.SESSION, token: "t" }[what];
      const act = () => {
        if (isArmed) now();
        isArmed = false;
        return value;
      };
      const it = await beforeTrap(t, given(act));
      given(act, it);
      const actions = {
        getSession: it.actions.getSession,
        runServerUpdate(update) {
          it.called?.();
          return it.actions.runServerUpdate(update);
        },
      };
      const outcome = it.updates.run(actions, "changeInterval", yearly);
      // Unless it has trapped before.
      void it.shop.next().then((order) => order.answer(400));
      const { error } = await outcome;
      t.same([isArmed, error.kind], [false, "internal"]);
      t.same([it.updates.isPending(), it.updates.isStale(), it.other.isStale()], [false, true, false]);
      it.shop.close();
      await worksAgain(t, it);
    },
    trapping,
  ),
  "an event that a page dispatches inside a listener of ours is taken, and a trap in it is survived": trapping(
    async (t) => {
      const { next } = await t.trapper();
      const it = await beforeTrap(t);
      const { now: own } = performance;
      let inside;
      const actions = {
        getSession: it.actions.getSession,
        runServerUpdate(update) {
          inside?.();
          return it.actions.runServerUpdate(update);
        },
      };
      const outcome = it.updates.run(actions, "changeInterval", yearly);
      (await it.shop.next()).answer(500);
      t.equal((await outcome).error.kind, "server_error");
      t.equal(it.updates.isStale(), true);
      for (const act of [() => {}, next]) {
        await it.fake.idle();
        const before = it.fake.updates.length;
        inside = () => {
          inside = undefined;
          act();
          dispatchEvent(new Event("online"));
        };
        dispatchEvent(new Event("online"));
        t.same(
          [inside, performance.now === own],
          [undefined, true],
          "it refreshes, and where it should, it has trapped",
        );
        await it.fake.idle();
        t.equal(it.fake.updates.length > before, true);
        t.equal(it.updates.isStale(), true);
      }
      t.same(it.told, ["server_error"]);
      await worksAgain(t, it);
    },
  ),
  "trap after trap": trapping(async (t) => {
    const it = await beforeTrap(t);
    for (let times = 0; times < 5; times++) {
      const called = t.rejection(it.updates.request("changeInterval", yearly)());
      await it.shop.next();
      await t.trapNext();
      it.updates.cancel();
      t.equal((await called).kind, "internal");
    }
    await worksAgain(t, it);
  }),
};

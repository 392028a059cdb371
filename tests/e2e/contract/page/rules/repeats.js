import { clocked, each } from "../lib/rule.js";

export const title = "3.9 Saying it twice is safe";

const yearly = { interval: "yearly" };
const header = (request, name) => request.headers.find(([known]) => known.toLowerCase() === name)?.[1];

/** An update that may be repeated, its pauses half of what they may be. */
async function called(t, endpointOptions, options = {}) {
  Math.random = () => 0.5;
  const shop = t.shop();
  const updates = await t.updates({ endpointOptions, ...options });
  const update = updates.request("changeInterval", yearly);
  const promise = update();
  return { shop, updates, update, promise };
}

const REPEATED = [
  ["no answer", (order) => order.fail()],
  ...[409, 425, 429, 502, 503, 504].map((status) => [`a ${status}`, (order) => order.answer(status, "")]),
];

const NOT_REPEATED = [
  ...[400, 401, 404, 408, 422, 500, 501].map((status) => [`a ${status}`, (order) => order.answer(status, "")]),
  ["a redirect", (order) => order.answer(0, "")],
  ["a 200 that says error", (order) => order.answer(200, { error: "Sold out." })],
  ["a page", (order) => order.answer(200, "<!doctype html>")],
];

export const rules = {
  "every update carries a random key, and no two the same": async (t) => {
    const keys = new Set();
    const shop = t.shop();
    const updates = await t.updates();
    const other = await t.updates();
    for (const object of [updates, updates, other, other]) {
      const sent = object.request("changeInterval", yearly)();
      const order = await shop.next();
      t.match(order.key, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      keys.add(order.key);
      order.answer();
      await sent;
    }
    t.equal(keys.size, 4);
  },
  "the same key on every attempt, at a real server": async (t) => {
    const { key, url } = t.fault("status?code=503&times=2");
    const updates = await t.updates({ url, endpointOptions: { retries: 2 } });
    const response = await updates.request("changeInterval", yearly)();
    t.equal(response.status, 200);
    const requests = await t.received(key, 3);
    t.equal(requests.length, 3);
    t.equal(new Set(requests.map((request) => header(request, "idempotency-key"))).size, 1);
    t.equal(new Set(requests.map((request) => request.body)).size, 1);
    t.equal(updates.metrics().endpoints.changeInterval.retries, 2);
  },
  "idempotencyKey: false sends none, and retries are then an error": async (t) => {
    const { key, url } = t.fault("success");
    const updates = await t.updates({ url, endpointOptions: { idempotencyKey: false } });
    await updates.request("changeInterval", yearly)();
    const [request] = await t.received(key);
    t.equal(header(request, "idempotency-key"), undefined);
    const { endpoint } = await t.module("index");
    const error = t.thrown(() => endpoint("/x", {}, { idempotencyKey: false, retries: 1 }), TypeError);
    t.match(error.message, /"retries"/);
    endpoint("/x", {}, { idempotencyKey: false, retries: 0 });
  },
  ...each(
    REPEATED,
    ([what]) => `${what} is repeated only where retries are asked for`,
    async (t, [, end]) => {
      const none = await called(t, {});
      end(await none.shop.next());
      // What may be the customer's leaving is judged one task later.
      await t.rest();
      await t.clock.pass(0);
      await t.rejection(none.promise);
      await t.clock.pass(20_000);
      t.equal(none.shop.requests.length, 1);
      none.updates.dispose();
      const { shop, promise, updates } = await called(t, { retries: 1 });
      const first = await shop.next();
      end(first);
      await t.rest();
      await t.clock.pass(0);
      await t.rest();
      await t.clock.pass(249);
      t.equal(shop.requests.length, 1);
      await t.clock.pass(2);
      const second = await shop.next();
      t.equal(second.key, first.key);
      t.equal(second.text, first.text);
      second.answer();
      t.equal((await promise).status, 200);
      const { retries, successes, updates: count } = updates.metrics().endpoints.changeInterval;
      t.same([retries, successes, count], [1, 1, 1]);
    },
    clocked,
  ),
  ...each(
    NOT_REPEATED,
    ([what]) => `${what} is not repeated`,
    async (t, [, end]) => {
      const { shop, promise } = await called(t, { retries: 5 });
      end(await shop.next());
      t.equal((await t.rejection(promise)).attempts, 1);
      await t.clock.pass(20_000);
      t.equal(shop.requests.length, 1);
    },
    clocked,
  ),
  "pauses grow, with full jitter": clocked(async (t) => {
    const { shop, promise } = await called(t, { retries: 5 });
    for (const ceiling of [500, 1_000, 2_000, 4_000, 8_000]) {
      const requests = shop.requests.length;
      (await shop.next()).answer(503, "");
      await t.rest();
      await t.clock.pass(ceiling / 2 - 1);
      t.equal(shop.requests.length, requests || 1, ceiling);
      await t.clock.pass(3);
      t.equal(shop.requests.length, (requests || 1) + 1, ceiling);
    }
    (await shop.next()).answer(503, "");
    const error = await t.rejection(promise);
    t.same([error.kind, error.attempts], ["server_error", 6]);
  }),
  "Retry-After is waited for inside the one deadline": clocked(async (t) => {
    const { shop, promise } = await called(t, { retries: 1 });
    (await shop.next()).answer(429, "", { "retry-after": "7" });
    await t.rest();
    await t.clock.pass(6_999);
    t.equal(shop.requests.length, 1);
    await t.clock.pass(2);
    (await shop.next()).answer();
    t.equal((await promise).status, 200);
  }),
  "a Retry-After beyond it fails at once": clocked(async (t) => {
    for (const value of ["20", "86400", new Date(Date.now() + 60_000).toUTCString()]) {
      const { shop, promise } = await called(t, { retries: 1 });
      (await shop.next()).answer(503, "", { "retry-after": value });
      const error = await t.rejection(promise);
      t.same([error.kind, error.attempts, error.durationMs], ["server_error", 1, 0], value);
    }
  }),
  "no attempt begins after the deadline": clocked(async (t) => {
    const { shop, promise } = await called(t, { retries: 5, timeoutMs: 1_000 });
    const first = await shop.next();
    await t.clock.pass(900);
    first.answer(503, "");
    await t.rest();
    // What is left is less than a first pause may be: the pause is half of it.
    await t.clock.pass(52);
    const second = await shop.next();
    await t.clock.pass(60);
    const error = await t.rejection(promise);
    t.same([error.kind, error.attempts], ["timeout", 2]);
    t.equal(second.signal.aborted, true);
    await t.clock.pass(20_000);
    t.equal(shop.requests.length, 2);
  }),
  "attemptTimeoutMs gives a silent attempt up earlier": clocked(async (t) => {
    const { shop, promise } = await called(t, { retries: 1, attemptTimeoutMs: 3_000 });
    const first = await shop.next();
    await t.clock.pass(2_999);
    t.equal(first.signal.aborted, false);
    await t.clock.pass(2);
    t.equal(first.signal.aborted, true);
    first.answer();
    await t.clock.pass(252);
    const second = await shop.next();
    t.equal(second.key, first.key);
    await t.clock.pass(3_001);
    const error = await t.rejection(promise);
    t.same([error.kind, error.applied, error.attempts], ["timeout", "unknown", 2]);
    t.equal(second.signal.aborted, true);
  }),
  "attemptTimeoutMs holds without retries too": clocked(async (t) => {
    const { shop, promise } = await called(t, { attemptTimeoutMs: 3_000 });
    await shop.next();
    await t.clock.pass(3_001);
    const error = await t.rejection(promise);
    t.same([error.kind, error.attempts], ["timeout", 1]);
  }),
};

import { clocked, each, framed, LOADING } from "../lib/rule.js";

export const title = "3.4 Every error says what happened";

const yearly = { interval: "yearly" };

/** How each kind arises: gives the error. */
const failing = (path, options) => async (t) => {
  const updates = await t.updates({ url: t.fault(path).url, ...options });
  return t.rejection(updates.request("changeInterval", yearly)());
};

async function running(t, { stripe, answer, endpointOptions } = {}) {
  const shop = t.shop();
  const { actions, fake } = await t.stripe();
  if (stripe) fake.next(stripe);
  const updates = await t.updates({ endpointOptions });
  const outcome = updates.run(actions, "changeInterval", yearly);
  if (answer) (await shop.next()).answer(answer);
  return { shop, updates, fake, actions, outcome };
}

/** Every kind, whether the change was made, its status, and how it arises. */
export const KINDS = [
  {
    kind: "invalid_intent",
    applied: "no",
    async make(t) {
      const updates = await t.updates();
      return t.rejection(updates.request("changeInterval", { interval: "weekly" })());
    },
  },
  { kind: "invalid_session", applied: "no", make: failing("success", { session: () => "" }) },
  {
    kind: "unsupported",
    applied: "no",
    async make(t) {
      const updates = await t.updates();
      const { actions } = await t.stripe();
      const { error } = await updates.run({ getSession: actions.getSession }, "changeInterval", yearly);
      return error;
    },
  },
  {
    kind: "unavailable",
    applied: "no",
    page: LOADING,
    entry: "slim",
    async make(t) {
      const { createUpdates, useWasm, endpoint, oneOf } = await t.module("slim");
      useWasm("/dist/none.wasm");
      const endpoints = { changeInterval: endpoint("/update", { interval: oneOf("monthly", "yearly") }) };
      const updates = t.keep(createUpdates({ session: () => t.SESSION, endpoints }));
      return t.rejection(updates.request("changeInterval", yearly)());
    },
  },
  {
    kind: "session_closed",
    applied: "no",
    async make(t) {
      const updates = await t.updates();
      const { actions, fake } = await t.stripe({ session: { status: { type: "expired" } } });
      const { error } = await updates.run(actions, "changeInterval", yearly);
      t.equal(fake.updates.length, 0, "Stripe.js is not called");
      return error;
    },
  },
  {
    kind: "busy",
    applied: "no",
    async make(t) {
      const { updates, actions } = await running(t, { endpointOptions: { dedupe: false } });
      for (let waiting = 0; waiting < 32; waiting++) void updates.run(actions, "changeInterval", yearly);
      const { error } = await updates.run(actions, "changeInterval", yearly);
      return error;
    },
  },
  {
    kind: "paying",
    applied: "no",
    async make(t) {
      const updates = await t.updates();
      const release = updates.hold();
      const error = await t.rejection(updates.request("changeInterval", yearly)());
      release();
      return error;
    },
  },
  {
    kind: "callback_failed",
    applied: "no",
    async make(t) {
      const cause = new Error("no session");
      const session = () => {
        throw cause;
      };
      const error = await failing("success", { session })(t);
      t.equal(error.cause, cause);
      return error;
    },
  },
  {
    kind: "cancelled",
    applied: "no",
    async make(t) {
      const updates = await t.updates();
      const { actions } = await t.stripe();
      const { type, error } = await updates.run(actions, "changeInterval", yearly, { signal: AbortSignal.abort() });
      t.equal(type, "cancelled");
      t.equal(error.reason, "signal");
      return error;
    },
  },
  { kind: "timeout", applied: "unknown", sent: true, make: failing("silent", { timeoutMs: 50 }) },
  { kind: "network", applied: "unknown", sent: true, make: failing("reset") },
  { kind: "refused", applied: "no", sent: true, status: 400, make: failing("status?code=400") },
  { kind: "rate_limited", applied: "no", sent: true, status: 429, make: failing("status?code=429") },
  { kind: "server_error", applied: "unknown", sent: true, status: 500, make: failing("status?code=500") },
  { kind: "bad_response", applied: "unknown", sent: true, status: 200, make: failing("html") },
  {
    kind: "stripe_error",
    applied: "no",
    async make(t) {
      const { outcome } = await running(t, { stripe: { failWith: "Stripe.js is not well." } });
      const { error } = await outcome;
      t.equal(error.cause.message, "Stripe.js is not well.");
      return error;
    },
  },
  {
    kind: "refresh_failed",
    applied: "yes",
    sent: true,
    status: 200,
    async make(t) {
      const stripe = { failWith: "The session is not there.", failAt: "refresh" };
      const { outcome } = await running(t, { stripe, answer: 200 });
      const { error } = await outcome;
      t.equal(error.cause.message, "The session is not there.");
      return error;
    },
  },
  {
    kind: "internal",
    applied: "unknown",
    page: { dist: "dist-trap" },
    async make(t) {
      const { shop, updates, outcome } = await running(t);
      await shop.next();
      await t.trapNext();
      updates.cancel();
      const { error } = await outcome;
      return error;
    },
  },
];

const kinds = each(
  KINDS,
  ({ kind }) => `${kind} arises, and says so`,
  async (t, { kind, applied, sent = false, status = null, entry = "index", make }) => {
    const error = await make(t);
    const { CheckoutUpdateError, isCheckoutUpdateError } = await t.module(entry);
    t.equal(error.kind, kind);
    t.equal(error.applied, applied);
    t.equal(error.name, "CheckoutUpdateError");
    t.ok(error instanceof Error && error instanceof CheckoutUpdateError && isCheckoutUpdateError(error));
    t.equal(error.endpoint, "changeInterval");
    t.equal(error.status, status);
    t.equal(error.attempts, sent ? 1 : 0);
    t.ok(Number.isInteger(error.durationMs) && error.durationMs >= 0);
    t.match(error.message, /\S/);
    t.match(error.stack, /CheckoutUpdateError|\.js/);
    const record = JSON.parse(JSON.stringify(error));
    for (const field of ["kind", "applied", "endpoint", "status", "durationMs", "attempts", "requestId", "message"]) {
      t.equal(record[field], error[field], field);
    }
    for (const secret of [t.SESSION, "yearly", "/fault", "/update", "127.0.0.1"]) {
      t.ok(!JSON.stringify([error, { ...error }, error.message]).includes(secret), `no ${secret}`);
    }
  },
);
for (const { kind, page } of KINDS) {
  const name = `${kind} arises, and says so`;
  if (page) kinds[name] = framed(page, kinds[name]);
}

const LONG = `Only ${"x".repeat(495)}`;

/** Status, body, and the message that is shown; null for the default. */
const MESSAGES = [
  ["type error with a message", 400, '{"type":"error","message":"Sold out."}', "Sold out."],
  ["an error that is text", 400, '{"error":"Sold out."}', "Sold out."],
  ["type error in a 2xx", 200, '{"type":"error","message":"Sold out."}', "Sold out."],
  ["a 500 with a message", 500, '{"type":"error","message":"Sold out."}', null],
  ["a message beside a code", 400, '{"type":"error","error":"out_of_stock","message":"Only 3 left."}', "Only 3 left."],
  ["a code alone", 400, '{"error":"out_of_stock"}', null],
  ["a phrase of HTTP", 400, '{"error":"Bad Request"}', null],
  ["a detail of RFC 9457", 400, '{"title":"Conflict","detail":"Only 3 left."}', "Only 3 left."],
  ["500 characters", 400, `{"error":"${LONG}"}`, LONG],
  ["a sign that is no markup", 400, '{"error":"5 < 6 & 7"}', "5 < 6 & 7"],
  ["white space around JSON", 400, ' \n{"error":"Sold out."}\n', "Sold out."],
  ["501 characters", 400, `{"error":"${LONG}x"}`, null],
  ["markup", 400, '{"error":"<b>Sold out</b>"}', null],
  ["a page", 400, "<!doctype html><p>Sold out", null],
  ["a number", 400, '{"type":"error","message":42}', null],
  ["an object", 400, '{"error":{"message":"No such price."}}', "No such price."],
  ["an empty text", 400, '{"error":""}', null],
  ["white space", 400, '{"error":"  "}', null],
  ["a message without type error", 400, '{"message":"Only 3 left."}', "Only 3 left."],
  ["a message of a framework", 404, '{"message":"No query results for model."}', null],
  ["a message of a framework, in the documented form", 404, '{"type":"error","message":"Sold out."}', "Sold out."],
  ["a bare word", 400, '{"message":"No."}', null],
  ["malformed JSON", 400, '{"error":"Sold out."', null],
  ["text", 400, "Sold out.", null],
  ["a list", 400, '["Sold out."]', null],
  ["nothing", 400, "", null],
];

const messages = each(
  MESSAGES,
  ([what, , , message]) => `a message ${message === null ? "falls back to the default" : "is the server's"}: ${what}`,
  async (t, [, status, body, message]) => {
    const path = `answer?code=${status}&body=${encodeURIComponent(body)}`;
    const own = { refused: "Our words.", server_error: "Our words." };
    const error = await failing(path, { messages: own })(t);
    t.equal(error.message, message ?? "Our words.");
    const plain = await failing(path)(t);
    if (message === null) t.match(plain.message, /^Your change (was|may not have been)/);
    else t.equal(plain.message, message);
    t.equal(plain.kind, status === 500 ? "server_error" : "refused", "the status decides");
  },
);

/** Answers and failures on whose requests a retry follows that is refused. */
const DOUBTS = [
  ["no answer", (order) => order.fail(), "unknown"],
  ["a 503", (order) => order.answer(503, ""), "unknown"],
  ["a 409", (order) => order.answer(409, ""), "unknown"],
  ["a 429", (order) => order.answer(429, ""), "no"],
  ["a 425", (order) => order.answer(425, ""), "no"],
];

export const rules = {
  ...kinds,
  ...messages,
  "messages replaces the default of each kind": async (t) => {
    const kind = "refused";
    const update = failing("status?code=404&body=", { messages: { [kind]: "Nicht mehr da." } });
    // The fault server's own refusal says "Sold out.".
    t.equal((await update(t)).message, "Sold out.");
    const silent = failing("answer?code=404", { messages: { [kind]: "Nicht mehr da." } });
    t.equal((await silent(t)).message, "Nicht mehr da.");
    const invalid = await t.updates({ messages: { invalid_intent: "Bitte neu laden." } });
    const error = await t.rejection(invalid.request("changeInterval", {})());
    t.equal(error.message, "Bitte neu laden.");
    t.equal(error.field, "interval");
  },
  "the cause of a network failure is what fetch threw": async (t) => {
    const error = await failing("reset")(t);
    t.ok(error.cause instanceof TypeError);
    t.equal(Object.keys(error).includes("cause"), false);
  },
  "the cause of broken JSON is what the parser threw": async (t) => {
    const error = await failing("broken-json")(t);
    t.equal(error.kind, "bad_response");
    t.ok(error.cause instanceof SyntaxError);
  },
  "an error without a cause has none": async (t) => {
    const error = await failing("status?code=400")(t);
    t.equal("cause" in error, false);
  },
  "requestId is request-id, else x-request-id, else null": async (t) => {
    for (const [headers, expected] of [
      [{ "request-id": "req_1", "x-request-id": "req_2" }, "req_1"],
      [{ "x-request-id": "req_2" }, "req_2"],
      [{}, null],
    ]) {
      const shop = t.shop();
      const updates = await t.updates();
      const failed = t.rejection(updates.request("changeInterval", yearly)());
      (await shop.next()).answer(500, "", headers);
      t.equal((await failed).requestId, expected);
      shop.close();
    }
    t.equal((await failing("status?code=400&request_id=req_real")(t)).requestId, "req_real");
  },
  ...each(
    DOUBTS,
    ([what, , applied]) => `one attempt in doubt makes every later failure unknown: ${what}, then a 400, is ${applied}`,
    async (t, [, first, applied]) => {
      const shop = t.shop();
      const updates = await t.updates({ endpointOptions: { retries: 1 } });
      const failed = t.rejection(updates.request("changeInterval", yearly)());
      first(await shop.next());
      await t.rest();
      // The longest pause before the second attempt, and what a timer may take beyond it.
      await t.clock.pass(502);
      (await shop.next()).answer(400, "");
      const error = await failed;
      t.same([error.kind, error.applied, error.attempts, error.status], ["refused", applied, 2, 400]);
    },
    clocked,
  ),
  "409 is refused and unknown": async (t) => {
    const error = await failing("status?code=409")(t);
    t.same([error.kind, error.applied], ["refused", "unknown"]);
  },
  "408 is server_error": async (t) => {
    // A browser repeats a request that a kept-alive connection answers by 408; this one is answered in the page.
    const shop = t.shop();
    const updates = await t.updates();
    const failed = t.rejection(updates.request("changeInterval", yearly)());
    (await shop.next()).answer(408, "");
    const error = await failed;
    t.same([error.kind, error.applied], ["server_error", "unknown"]);
  },
  "onFailure is told of every failure but cancelled, with the error itself": async (t) => {
    const told = [];
    const shop = t.shop();
    const { actions } = await t.stripe();
    const updates = await t.updates({ onFailure: (error) => told.push(error) });
    const outcome = updates.run(actions, "changeInterval", yearly);
    (await shop.next()).answer(400);
    const { error } = await outcome;
    await updates.run(actions, "changeInterval", yearly, { signal: AbortSignal.abort() });
    const control = new AbortController();
    const running = updates.run(actions, "changeInterval", yearly, { signal: control.signal });
    await shop.next();
    control.abort();
    const cancelled = await running;
    t.same([cancelled.type, cancelled.error.applied, cancelled.error.reason], ["cancelled", "unknown", "signal"]);
    t.equal(told.length, 1);
    t.equal(told[0], error);
    t.equal(updates.metrics().failures.length, 1);
  },
};

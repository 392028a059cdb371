import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isCheckoutUpdateError } from "../../js/error.js";
import { endpoint, oneOf } from "../../js/rules.js";
import { createFakeServer, respond, type FakeHandler, type FakeServer } from "../../js/testing/index.js";
import type { CheckoutUpdateErrorShape } from "../../js/types.js";
import { fresh, ready, stripe, yearly } from "./facade-support.js";

let server: FakeServer;
beforeEach(() => void (server = createFakeServer({ "/change": () => 200 })));
afterEach(() => {
  server.close();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** The failure that a function of the page ends with. */
const failureOf = (ended: Promise<unknown>): Promise<CheckoutUpdateErrorShape> =>
  ended.then(
    () => Promise.reject(new Error("it succeeded")),
    (error: unknown) => (isCheckoutUpdateError(error) ? error : Promise.reject(error)),
  );

/** Each attempt is answered by the next, and the last answers all that follow. */
function answers(...handlers: FakeHandler[]) {
  let next = 0;
  server.handle("/change", (...given) => handlers[Math.min(next++, handlers.length - 1)]!(...given));
}

const endpoints = { change: endpoint("/change", { interval: oneOf("monthly", "yearly") }, { retries: 1 }) };
/** An endpoint that is asked again, at once. */
async function patient() {
  // What there is no time to wait for is not known by the answer alone.
  vi.spyOn(Math, "random").mockReturnValue(0);
  return (await ready()).updates({ endpoints });
}

const OFFLINE = new TypeError("offline");
const offline = () => {
  throw OFFLINE;
};

test("a cause is that of the last attempt", async () => {
  const updates = await patient();
  const request = updates.request("change", yearly);
  answers(offline, () => 503);
  const later = await failureOf(request());
  expect(later).toMatchObject({ kind: "server_error", attempts: 2 });
  expect(Object.hasOwn(later, "cause")).toBe(false);
  answers(() => respond(503, "{", { "retry-after": "0" }), offline);
  expect((await failureOf(request())).cause).toBe(OFFLINE);
  updates.dispose();
});

test("an earlier attempt's request id and words are not the next one's", async () => {
  const updates = await patient();
  const request = updates.request("change", yearly);
  const down = () => respond(503, { error: "Down for now." }, { "request-id": "req_1", "retry-after": "0" });
  answers(down);
  expect(await failureOf(request())).toMatchObject({ requestId: "req_1", detail: "Down for now.", attempts: 2 });
  answers(down, offline);
  expect(await failureOf(request())).toMatchObject({
    ...{ kind: "network", status: null, requestId: null, attempts: 2 },
    message: "Your change may not have been saved. Please check your order total before you pay.",
  });
  answers(down, () => respond(400, undefined, { "x-request-id": "req_2" }));
  expect(await failureOf(request())).toMatchObject({
    ...{ kind: "refused", status: 400, requestId: "req_2", attempts: 2 },
    message: "Your change may not have been saved. Please check your order total before you pay.",
  });
  updates.dispose();
});

test("a key is the same on each attempt, and that of one update alone", async () => {
  const updates = await patient();
  answers(
    () => 503,
    () => 200,
  );
  const request = updates.request("change", yearly);
  await request();
  await request();
  const [first, again, next] = server.requests.map(({ headers }) => headers["idempotency-key"]);
  expect(first).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(again).toBe(first);
  expect(next).not.toBe(first);
});

test("what reading an intent threw is the cause of each call", async () => {
  const cause = new Error("getter");
  const updates = (await ready()).updates() as any;
  const request = updates.request("change", Object.defineProperty({}, "interval", { get: offline, enumerable: true }));
  const thrown = { kind: "invalid_intent", field: "interval", applied: "no", cause: OFFLINE };
  for (let i = 0; i < 2; i++) expect(await failureOf(request())).toMatchObject(thrown);
  const { actions } = await stripe();
  const session = () => {
    throw cause;
  };
  const outcome = await (await ready()).updates({ session }).run(actions, "change", yearly);
  expect(outcome).toMatchObject({ type: "error", error: { kind: "callback_failed", cause } });
});

test("an answer of a wrapped function that is not ok says whose it is, and the page can still read it", async () => {
  const updates = (await ready()).updates();
  const answer = new Response('{"error":"Sold out."}', { status: 402, headers: { "x-request-id": "req_own" } });
  const error = await failureOf(updates.wrap("own", () => answer)());
  expect(error).toMatchObject({
    ...{ kind: "refused", applied: "no", endpoint: "own", status: 402 },
    ...{ requestId: "req_own", message: "Sold out." },
  });
  expect(await answer.json()).toEqual({ error: "Sold out." });
  const headers = { "request-id": "req_stripe", "x-request-id": "req_own" };
  const failing = updates.wrap("own", async () => new Response(null, { status: 500, headers }));
  expect(await failureOf(failing())).toMatchObject({ kind: "server_error", requestId: "req_stripe" });
  updates.dispose();
});

const MARKED = '\ufeff{"error":"Sold out."}';
test.each([
  ["a stream", () => new Response(new TextEncoder().encode(MARKED), { status: 400 })],
  [
    "a text",
    () => ({ status: 400, ok: false, headers: { get: () => null }, text: async (): Promise<string> => MARKED }),
  ],
])("a byte order mark before the JSON of %s is none of it", async (_, answer) => {
  const updates = (await ready()).updates();
  server.handle("/change", answer);
  const error = await failureOf(updates.request("change", yearly)());
  expect(error).toMatchObject({ kind: "refused", message: "Sold out." });
  expect(Object.hasOwn(error, "cause")).toBe(false);
});

test("`request` gives an answer that is still to be read, and `run` its body", async () => {
  const updates = (await ready()).updates();
  const { actions } = await stripe();
  const body = { type: "success", n: 1 };
  server.handle("/change", () => respond(201, body, { "x-own": "1" }));
  const answer = await updates.request("change", yearly)();
  expect([answer.status, answer.headers.get("x-own"), answer.bodyUsed]).toEqual([201, "1", false]);
  expect(await answer.json()).toEqual(body);
  expect(await updates.run(actions, "change", yearly)).toMatchObject({ type: "success", body });
});

test.each([
  ["a list", [123, 125]],
  ["a text", "{}"],
  ["nothing", undefined],
])("a stream whose parts are %s is no answer", async (_, value) => {
  const updates = (await ready()).updates();
  const body = { getReader: () => ({ read: async () => ({ done: false, value }) }) };
  server.handle("/change", () => ({ status: 200, ok: true, headers: { get: () => null }, text: async () => "", body }));
  expect(await failureOf(updates.request("change", yearly)())).toMatchObject({ kind: "bad_response" });
  updates.dispose();
});

test("a promise that breaks when it is waited for is as one that is rejected", async () => {
  const updates = (await ready()).updates();
  const promise = () => Object.defineProperty(Promise.resolve(), "then", { get: offline });
  const failed = { kind: "callback_failed", applied: "unknown", cause: OFFLINE };
  expect(await failureOf(updates.wrap("own", promise)())).toMatchObject(failed);
  const { actions } = await stripe();
  const broken = Object.assign(Object.create(actions) as typeof actions, { runServerUpdate: promise });
  expect(await updates.run(broken, "change", yearly)).toMatchObject({
    type: "error",
    error: { kind: "stripe_error", applied: "no", cause: OFFLINE },
  });
  expect(server.requests).toEqual([]);
});

test.each([undefined, null, 7, {}])("%s is unsupported, whatever was passed before", async (nothing) => {
  const updates = (await ready()).updates();
  const { actions, fake } = await stripe();
  expect((await updates.run(actions, "change", yearly)).type).toBe("success");
  const unsupported = { type: "error", error: { kind: "unsupported", applied: "no" } };
  expect(await updates.run(nothing as never, "change", yearly)).toMatchObject(unsupported);
  expect(await updates.refresh(nothing as never)).toMatchObject(unsupported);
  expect([server.requests.length, fake.updates.length]).toEqual([1, 1]);
});

test("no timer outlives the last update", async () => {
  const { updates: create, load } = await fresh();
  await load();
  vi.useFakeTimers();
  const updates = create();
  const change = updates.request("change", yearly)();
  const own = updates.wrap("own", () => new Promise((resolve) => setTimeout(resolve, 1_000)))();
  await change;
  // The other may still come to its deadline.
  expect(vi.getTimerCount()).toBe(2);
  await vi.advanceTimersByTimeAsync(1_000);
  await own;
  expect(vi.getTimerCount()).toBe(0);
});

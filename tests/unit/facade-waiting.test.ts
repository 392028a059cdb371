import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createFakeServer, type FakeServer } from "../../js/testing/index.js";
import { fresh, monthly, SESSION, stripe, turn, yearly } from "./facade-support.js";

let server: FakeServer;
beforeEach(() => void (server = createFakeServer({ "/change": () => 200, "/quantity": () => 200 })));
afterEach(() => {
  server.close();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});
const sent = () => server.requests.map(({ text }) => JSON.parse(text) as Record<string, unknown>);

test("before the module is loaded calls are kept in order, count as pending, and are played when it is", async () => {
  const { updates: create, load } = await fresh();
  const updates = create();
  const { actions } = await stripe();
  const work = vi.fn(() => "mine");
  const all = [
    updates.run(actions, "quantity", { quantity: 1 }),
    updates.run(actions, "quantity", { quantity: 2 }),
    updates.run(actions, "change", yearly),
    updates.wrap("own", work)(),
  ];
  expect([updates.isPending(), updates.isPending("change")]).toEqual([true, true]);
  expect(updates.getSnapshot()).toEqual({ pending: true, stale: false, paying: false });
  await turn();
  expect([sent().length, work.mock.calls.length]).toEqual([0, 0]);
  await load();
  const outcomes = await Promise.all(all);
  expect(outcomes.map((outcome) => (outcome as { type?: string }).type ?? outcome)).toEqual([
    ...["success", "success", "success"],
    "mine",
  ]);
  expect(sent().map(({ quantity, interval }) => quantity ?? interval)).toEqual([1, 2, "yearly"]);
  expect([updates.isPending(), updates.getSnapshot().pending]).toEqual([false, false]);
});

test("the session id and the intent are read at the call, not when the module is there", async () => {
  const { updates: create, load } = await fresh();
  let id = SESSION;
  const updates = create({ session: () => id });
  const intent = { interval: "yearly" as "monthly" | "yearly" };
  const update = updates.request("change", intent);
  intent.interval = "monthly";
  const ended = update();
  id = "cs_test_later";
  await load();
  await ended;
  expect(sent()).toEqual([{ checkout_session_id: SESSION, interval: "yearly" }]);
});

test("an equal update joins, also when both were asked for before the module was there", async () => {
  const { updates: create, load } = await fresh();
  const updates = create();
  const { actions } = await stripe();
  const both = [updates.run(actions, "change", yearly), updates.run(actions, "change", yearly)];
  await load();
  const [one, two] = await Promise.all(both);
  expect([one!.type, two!.type, sent().length]).toEqual(["success", "success", 1]);
  expect(updates.metrics().endpoints["change"]).toMatchObject({ updates: 1, joined: 1 });
});

test.each([
  ["Date", () => expect.fail("no clock")],
  ["performance", () => expect.fail("no clock")],
  ["Date", () => 1n],
  ["Date", () => "now"],
] as [string, () => never][])(
  "a clock of %s that is broken before the module is loaded changes no outcome",
  async (name, broken) => {
    const { updates: create, load, fail } = await fresh();
    const { actions } = await stripe();
    vi.spyOn((globalThis as any)[name], "now").mockImplementation(broken);
    const updates = create();
    const run = updates.run(actions, "change", yearly);
    const request = updates.request("quantity", { quantity: 1 })();
    fail(new Error("404"));
    expect(await run).toMatchObject({ type: "error", error: { kind: "unavailable", applied: "no" } });
    await expect(request).rejects.toMatchObject({ kind: "unavailable", applied: "no" });
    const again = updates.run(actions, "change", yearly);
    await load();
    expect(await again).toMatchObject({ type: "success" });
    expect([sent().length, updates.isPending()]).toEqual([1, false]);
  },
);

test("cancel drops what is kept, of one name or of all", async () => {
  const { updates: create, load } = await fresh();
  const onFailure = vi.fn();
  const updates = create({ onFailure });
  const { actions } = await stripe();
  const change = updates.run(actions, "change", yearly);
  const quantity = updates.run(actions, "quantity", { quantity: 1 });
  const request = updates.request("quantity", { quantity: 2 })();
  updates.cancel("change");
  const cancelled = { kind: "cancelled", reason: "cancelled", applied: "no", attempts: 0 };
  expect(await change).toEqual({ type: "cancelled", error: expect.objectContaining(cancelled) });
  expect(updates.isPending("quantity")).toBe(true);
  updates.cancel();
  expect(await quantity).toMatchObject({ type: "cancelled", error: cancelled });
  await expect(request).rejects.toMatchObject(cancelled);
  await load();
  await turn();
  expect([sent().length, onFailure.mock.calls.length, updates.isPending()]).toEqual([0, 0, false]);
  expect(updates.metrics().failures).toEqual([]);
});

test("a name that is neither declared nor wrapped is a TypeError, with the names that there are", async () => {
  const { updates: create, load } = await fresh();
  const updates = create() as any;
  updates.wrap("own", () => {});
  const look = () => {
    for (const method of ["isPending", "cancel", "pendingIntent"]) {
      const wrong = `${method}: no endpoint "qauntity"; declared are "change", "quantity", "own"`;
      expect(() => updates[method]("qauntity")).toThrow(new TypeError(wrong));
      for (const name of ["own", "quantity"]) expect(updates[method](name) || undefined).toBeUndefined();
    }
    expect(() => updates.pendingIntent()).toThrow("no endpoint of type undefined");
    expect([updates.isPending(undefined), updates.isPending(updates.wrap("own", () => {}))]).toEqual([false, false]);
  };
  look();
  await load();
  await updates.request("change", yearly)();
  look();
});

test("dispose drops what is kept, refreshes too, and a later call starts afresh", async () => {
  const { updates: create, load } = await fresh();
  const updates = create();
  const { actions } = await stripe();
  const [run, refresh] = [updates.run(actions, "change", yearly), updates.refresh(actions)];
  updates.dispose();
  const disposed = { kind: "cancelled", reason: "disposed", applied: "no" };
  expect(await run).toMatchObject({ type: "cancelled", error: disposed });
  expect(await refresh).toMatchObject({ type: "error", error: disposed });
  const next = updates.run(actions, "change", monthly);
  await load();
  expect(await next).toMatchObject({ type: "success" });
  expect(sent().map(({ interval }) => interval)).toEqual(["monthly"]);
});

test("a signal detaches its own caller before the module is there", async () => {
  const { updates: create, load } = await fresh();
  const updates = create();
  const { actions } = await stripe();
  const controller = new AbortController();
  const run = updates.run(actions, "change", yearly, { signal: controller.signal });
  const other = updates.run(actions, "change", yearly);
  controller.abort();
  expect(await run).toMatchObject({ type: "cancelled", error: { reason: "signal", applied: "no" } });
  await load();
  expect([(await other).type, sent().length]).toEqual(["success", 1]);
});

test("a signal that was aborted beforehand sends and loads nothing", async () => {
  const { updates: create, source } = await fresh();
  const updates = create();
  const { actions } = await stripe();
  const outcome = await updates.run(actions, "change", yearly, { signal: AbortSignal.abort() });
  expect(outcome).toMatchObject({ type: "cancelled", error: { reason: "signal", applied: "no", attempts: 0 } });
  expect([source.mock.calls.length, updates.isPending()]).toEqual([0, false]);
});

test("what is no signal is an outcome, and leaves nothing pending", async () => {
  const { updates: create } = await fresh();
  const updates = create();
  const { actions } = await stripe();
  expect(await updates.run(actions, "change", yearly, { signal: {} } as never)).toMatchObject({
    type: "error",
    error: { kind: "invalid_intent", field: "signal", applied: "no", cause: expect.any(TypeError) },
  });
  expect(updates.isPending()).toBe(false);
});

test("a module that is not there in time is unavailable, by the deadline of each endpoint", async () => {
  vi.useFakeTimers();
  const { updates: create } = await fresh();
  const updates = create({ timeoutMs: 1000 });
  const { actions } = await stripe();
  const run = updates.run(actions, "change", yearly);
  await vi.advanceTimersByTimeAsync(999);
  expect(updates.isPending()).toBe(true);
  await vi.advanceTimersByTimeAsync(1);
  expect(await run).toMatchObject({
    type: "error",
    error: { kind: "unavailable", applied: "no", durationMs: 1000, detail: expect.stringContaining("in time") },
  });
  expect([updates.isPending(), updates.isStale()]).toEqual([false, false]);
});

test.each([
  [900, { applied: "unknown", attempts: 1 }],
  [1000, { applied: "no", attempts: 0 }],
])("waiting for the module is part of the deadline: %d of 1000 ms", async (waited, failure) => {
  const { updates: create, load } = await fresh();
  const updates = create({ timeoutMs: 1000 });
  server.handle("/change", () => new Promise(() => {}));
  const real = performance.now();
  vi.spyOn(performance, "now").mockReturnValueOnce(real - waited);
  const ended = updates.request("change", yearly)();
  await Promise.all([expect(ended).rejects.toMatchObject({ kind: "timeout", ...failure }), load()]);
  expect(performance.now() - real).toBeLessThan(900);
  updates.dispose();
});

test("a failed load fails what waits, says why, and is tried again by the next update", async () => {
  const { updates: create, fail, source } = await fresh();
  const updates = create();
  const cause = new WebAssembly.CompileError("not ours");
  const request = updates.request("change", yearly);
  const ended = request();
  const loaded = updates.ready;
  fail(cause);
  await expect(ended).rejects.toMatchObject({
    kind: "unavailable",
    applied: "no",
    detail: expect.stringContaining("copy it from the package again"),
    cause: { cause },
  });
  await expect(loaded).rejects.toThrow("copy it from the package again");
  expect((await request()).status).toBe(200);
  expect(source).toHaveBeenCalledTimes(2);
  expect(request.failure).toBeNull();
  await expect(updates.ready).resolves.toBeUndefined();
});

test("where WebAssembly is refused, the engine is the one in plain JavaScript, and no module is loaded", async () => {
  vi.stubGlobal("WebAssembly", undefined);
  const { updates: create, source } = await fresh();
  const updates = create();
  const { actions } = await stripe();
  expect((await updates.request("change", yearly)()).status).toBe(200);
  expect((await updates.run(actions, "change", monthly)).type).toBe("success");
  expect(updates.metrics().endpoints["change"]).toMatchObject({ updates: 2, successes: 2 });
  expect(source).not.toHaveBeenCalled();
});

test("the module is loaded once, however often it is asked for and by whom", async () => {
  const { updates: create, load, source } = await fresh();
  const [one, two] = [create(), create()];
  const all = [one.ready, two.ready, one.request("change", yearly)(), two.request("change", yearly)()];
  await load();
  await Promise.all(all);
  expect(source).toHaveBeenCalledTimes(1);
});

test("nobody has to handle `ready`", async () => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  const { updates: create, fail } = await fresh();
  void create().ready;
  fail(new Error("404"));
  await turn();
  await turn();
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test("what failed without an engine is counted by it once it is there", async () => {
  const { updates: create, fail } = await fresh();
  const updates = create();
  const request = updates.request("change", yearly);
  const ended = request();
  fail(new Error("404"));
  await expect(ended).rejects.toMatchObject({ kind: "unavailable" });
  const counts = { updates: 1, successes: 0, failures: { unavailable: 1 }, p50: null };
  expect(updates.metrics().endpoints["change"]).toMatchObject(counts);
  await request();
  const both = { updates: 2, successes: 1, failures: { unavailable: 1 }, max: expect.any(Number) };
  expect(updates.metrics().endpoints["change"]).toMatchObject(both);
  expect(updates.metrics().failures.map(({ kind }) => kind)).toEqual(["unavailable"]);
});

test("before the engine there are counts of every name, and they are zero", async () => {
  const { updates: create } = await fresh();
  const updates = create();
  updates.wrap("own", () => {});
  const none = {
    ...{ updates: 0, successes: 0, failures: {}, retries: 0, late: 0, joined: 0, superseded: 0 },
    ...{ p50: null, p95: null, max: null },
  };
  const endpoints = { change: none, quantity: none, own: none };
  expect(updates.metrics()).toEqual({ endpoints, payments: { confirmed: 0, blocked: {} }, failures: [] });
});

test("one object does not see what another does", async () => {
  const { updates: create, load } = await fresh();
  const [one, two] = [create(), create()];
  const ended = one.request("change", yearly)();
  expect([one.isPending(), two.isPending()]).toEqual([true, false]);
  await load();
  await ended;
  expect(two.metrics().endpoints["change"]!.updates).toBe(0);
});

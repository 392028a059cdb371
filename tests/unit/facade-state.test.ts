import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createFakeServer, respond, type FakeServer } from "../../js/testing/index.js";
import type { Snapshot } from "../../js/types.js";
import { gate, monthly, ready, SESSION, stripe, turn, yearly } from "./facade-support.js";

let server: FakeServer;
beforeEach(() => void (server = createFakeServer({ "/change": () => 200, "/quantity": () => 200 })));
afterEach(() => {
  server.close();
  vi.unstubAllGlobals();
});

test("the snapshot is the same object until something changes", async () => {
  const updates = (await ready()).updates();
  const seen: Snapshot[] = [updates.getSnapshot()];
  updates.subscribe(() => seen.push(updates.getSnapshot()));
  expect(updates.getSnapshot()).toBe(seen[0]);
  const ended = updates.request("change", yearly)();
  const second = updates.request("quantity", { quantity: 1 })();
  expect(updates.getSnapshot()).toBe(updates.getSnapshot());
  await Promise.all([ended, second]);
  expect(seen).toEqual([
    { pending: false, stale: false, paying: false },
    { pending: true, stale: false, paying: false },
    { pending: false, stale: false, paying: false },
  ]);
  expect(new Set(seen).size).toBe(3);
  expect(updates.getSnapshot()).toBe(seen[2]);
});

test("each subscription counts for itself, and ends by itself", async () => {
  const updates = (await ready()).updates();
  const listener = vi.fn();
  const [end, endAgain] = [updates.subscribe(listener), updates.subscribe(listener)];
  await updates.request("change", yearly)();
  expect(listener).toHaveBeenCalledTimes(4);
  end();
  end();
  await updates.request("change", yearly)();
  expect(listener).toHaveBeenCalledTimes(6);
  endAgain();
  await updates.request("change", yearly)();
  expect(listener).toHaveBeenCalledTimes(6);
});

test("a listener may end another subscription, and its own, while it is called", async () => {
  const updates = (await ready()).updates();
  const ends: (() => void)[] = [];
  const last = vi.fn();
  ends.push(updates.subscribe(() => ends.forEach((end) => end())));
  ends.push(updates.subscribe(last));
  await updates.request("change", yearly)();
  expect(last.mock.calls.length).toBeLessThanOrEqual(1);
  await updates.request("change", yearly)();
  expect(last.mock.calls.length).toBeLessThanOrEqual(1);
});

test("a callback of the page that throws is reported and changes nothing else", async () => {
  const reported = vi.fn();
  vi.stubGlobal("reportError", reported);
  const broken = (name: string) => () => {
    throw new Error(name);
  };
  const updates = (await ready()).updates({ onFailure: broken("onFailure") });
  const after = vi.fn();
  updates.subscribe(broken("listener"));
  updates.subscribe(after);
  server.handle("/change", () => respond(400, { type: "error", message: "Sold out." }));
  await expect(updates.request("change", yearly)()).rejects.toMatchObject({ kind: "refused", message: "Sold out." });
  await turn();
  expect(reported.mock.calls.map(([error]) => (error as Error).message).sort()).toEqual([
    ...["listener", "listener", "onFailure"],
  ]);
  expect([after.mock.calls.length, updates.isPending()]).toEqual([2, false]);
});

test("where there is no reportError, what a callback threw is thrown by itself", async () => {
  const uncaught = vi.fn();
  const listeners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.once("uncaughtException", uncaught);
  vi.stubGlobal("reportError", undefined);
  const { safely } = await import("../../js/environment.js");
  const error = new Error("page");
  safely(() => {
    throw error;
  });
  expect(uncaught).not.toHaveBeenCalled();
  await turn();
  await turn();
  for (const listener of listeners) process.on("uncaughtException", listener);
  expect(uncaught.mock.calls[0]?.[0]).toBe(error);
});

test("the session option and the CSRF token that throw fail the update with their cause", async () => {
  const cause = new Error("page");
  const throws = () => {
    throw cause;
  };
  const { updates: create } = await ready();
  const failure = { kind: "callback_failed", applied: "no", attempts: 0, cause };
  await expect(create({ session: throws }).request("change", yearly)()).rejects.toMatchObject(failure);
  const csrf = { header: "x-csrf-token", token: throws };
  await expect(create({ csrf }).request("change", yearly)()).rejects.toMatchObject(failure);
  expect(server.requests).toEqual([]);
});

test("settled waits for what is pending, and tells whether the page is stale", async () => {
  const updates = (await ready()).updates();
  expect(await updates.settled()).toEqual({ stale: false });
  const answer = gate<number>();
  server.handle("/change", () => answer.opened);
  const ended = updates
    .request("change", yearly)()
    .catch((error: unknown) => error);
  let settled: unknown;
  const all = Promise.all([updates.settled(), updates.settled()]).then((both) => (settled = both));
  await turn();
  expect(settled).toBeUndefined();
  answer.open(500);
  await all;
  expect(settled).toEqual([{ stale: true }, { stale: true }]);
  expect(await ended).toMatchObject({ kind: "server_error" });
  updates.dispose();
});

test("settled does not wait for a refresh", async () => {
  const updates = (await ready()).updates();
  const { actions, fake } = await stripe();
  fake.set({ ends: "silent" });
  const refresh = updates.refresh(actions);
  expect([updates.isPending(), await updates.settled()]).toEqual([false, { stale: false }]);
  updates.dispose();
  expect(await refresh).toMatchObject({ type: "error", error: { kind: "cancelled" } });
});

test("a listener that is told of the end finds the promises of the end settled", async () => {
  const updates = (await ready()).updates();
  const request = updates.request("change", yearly);
  server.handle("/change", () => 400);
  const failures: unknown[] = [];
  updates.subscribe(() => {
    if (!updates.isPending()) failures.push(request.failure?.kind);
  });
  await request().catch(() => {});
  expect(failures).toEqual(["refused"]);
});

test("the failure of a function is that of its last call: cleared at the start, set at the end", async () => {
  const updates = (await ready()).updates();
  const request = updates.request("change", yearly);
  expect(request.failure).toBeNull();
  server.handle("/change", () => respond(400, { error: "Sold out." }));
  const error: unknown = await request().catch((failure: unknown) => failure);
  expect(request.failure).toBe(error);
  server.handle("/change", () => 200);
  const ended = request();
  expect(request.failure).toBeNull();
  await ended;
  expect(request.failure).toBeNull();
  expect(Object.keys(request)).toEqual(["failure"]);
});

test("run tells a function of request and wrap of its failure too", async () => {
  const updates = (await ready()).updates();
  const { actions } = await stripe();
  server.handle("/change", () => respond(400, { error: "Sold out." }));
  const request = updates.request("change", yearly);
  const outcome = await updates.run(actions, request);
  expect(outcome).toMatchObject({ type: "error", error: { message: "Sold out." } });
  expect(request.failure).toBe((outcome as { error: unknown }).error);
  const thrown = new Error("mine");
  const wrapped = updates.wrap("own", () => Promise.reject(thrown));
  const own = await updates.run(actions, wrapped);
  expect(own).toMatchObject({ type: "error", error: { kind: "callback_failed", applied: "unknown", cause: thrown } });
  expect(wrapped.failure).toMatchObject({ endpoint: "own" });
  updates.dispose();
});

test("an endpoint that is not declared, and what is no function, is a TypeError", async () => {
  const updates = (await ready()).updates() as any;
  const { actions } = await stripe();
  expect(() => updates.request("other", {})).toThrow(TypeError);
  expect(() => updates.request("toString", {})).toThrow(TypeError);
  expect(() => updates.wrap("own")).toThrow(TypeError);
  expect(() => updates.wrap("own", {})).toThrow(TypeError);
  await expect(updates.run(actions, "other", {})).rejects.toThrow(TypeError);
  await expect(updates.run(actions, undefined, {})).rejects.toThrow(TypeError);
  await expect(updates.run(actions, () => Promise.resolve())).rejects.toThrow(TypeError);
  const { updates: others } = await ready();
  await expect(updates.run(actions, others().request("change", yearly))).rejects.toThrow(TypeError);
  expect([updates.isPending(), updates.metrics().failures]).toEqual([false, []]);
});

test("a bad intent is an outcome of run and a rejection of request, and nothing is sent", async () => {
  const updates = (await ready()).updates() as any;
  const { actions } = await stripe();
  const failure = { kind: "invalid_intent", applied: "no", field: "interval", attempts: 0 };
  for (const intent of [{ interval: "weekly" }, {}, null, undefined]) {
    expect(await updates.run(actions, "change", intent)).toMatchObject({ type: "error", error: failure });
    await expect(updates.request("change", intent)()).rejects.toMatchObject(failure);
  }
  expect(await updates.run(actions, "change", { ...yearly, price: 1 })).toMatchObject({ error: { field: "price" } });
  expect(server.requests).toEqual([]);
});

test("the session id is that of the call, else of the option, else of the actions", async () => {
  const { updates: create } = await ready();
  const { actions } = await stripe();
  const own = create({ session: () => "cs_test_other" });
  expect(await own.run(actions, "change", yearly)).toMatchObject({ error: { kind: "invalid_session" } });
  expect((await own.run(actions, "change", yearly, { session: SESSION })).type).toBe("success");
  const none = create({ session: undefined as never });
  expect((await none.run(actions, "change", monthly)).type).toBe("success");
  await expect(none.request("change", yearly)()).rejects.toMatchObject({ kind: "invalid_session", applied: "no" });
  expect(server.requests.map(({ text }) => (JSON.parse(text) as any).checkout_session_id)).toEqual([SESSION, SESSION]);
});

test("`using` disposes", async () => {
  const updates = (await ready()).updates();
  server.handle("/change", () => new Promise(() => {}));
  const ended = updates.request("change", yearly)();
  const failure = expect(ended).rejects.toMatchObject({ kind: "cancelled", reason: "disposed", applied: "unknown" });
  updates[Symbol.dispose]();
  await failure;
  expect(server.requests[0]!.signal!.aborted).toBe(true);
  expect([updates.isPending(), updates.isStale()]).toEqual([false, false]);
  updates[Symbol.dispose]();
  server.handle("/change", () => 200);
  expect((await updates.request("change", yearly)()).status).toBe(200);
});

test("dispose lets go of what a page holds, and its counts are still told", async () => {
  const updates = (await ready()).updates();
  server.handle("/change", () => 400);
  await updates
    .request("change", yearly)()
    .catch(() => {});
  await updates.request("quantity", { quantity: 1 })();
  updates.dispose();
  const { endpoints, failures } = updates.metrics();
  expect(endpoints).toMatchObject({ change: { updates: 1, failures: { refused: 1 } }, quantity: { successes: 1 } });
  expect(failures.map(({ kind }) => kind)).toEqual(["refused"]);
});

test("its methods do not use `this`, so that they survive being copied", async () => {
  const { request, run, metrics, isPending, settled, wrap, dispose } = (await ready()).updates();
  const { actions } = await stripe();
  expect((await run(actions, "change", yearly)).type).toBe("success");
  expect((await request("change", yearly)()).status).toBe(200);
  expect(await wrap("own", () => 7)()).toBe(7);
  expect([isPending(), await settled(), metrics().failures]).toEqual([false, { stale: false }, []]);
  dispose();
});

test("a wrapped function is given a signal, and what it gives goes through untouched", async () => {
  const updates = (await ready()).updates({ timeoutMs: 50 });
  const value = { n: 1 };
  const signals: AbortSignal[] = [];
  expect(await updates.wrap("own", (signal) => (signals.push(signal), value))()).toBe(value);
  expect(signals[0]!.aborted).toBe(false);
  const silent = updates.wrap("own", (signal) => (signals.push(signal), new Promise(() => {})));
  await expect(silent()).rejects.toMatchObject({ kind: "timeout", applied: "unknown", endpoint: "own" });
  expect(signals[1]!.aborted).toBe(true);
  expect(updates.metrics().endpoints["own"]).toMatchObject({ updates: 2, successes: 1, failures: { timeout: 1 } });
});

test("a name of a wrapped function that comes after the engine was opened is known to it", async () => {
  const updates = (await ready()).updates();
  await updates.request("change", yearly)();
  for (let n = 0; n < 70; n++) await updates.wrap(`own ${n}`, () => n)();
  const { endpoints } = updates.metrics();
  expect(Object.keys(endpoints)).toHaveLength(2 + 64);
  expect(endpoints["own 62"]).toMatchObject({ updates: 1 });
  expect(endpoints["own 63"]).toMatchObject({ updates: 7 });
});

test("the last 50 failures are told, without what was sent", async () => {
  const updates = (await ready()).updates();
  let n = 0;
  server.handle("/change", () => respond(400, { error: `Sold out ${++n}.` }, { "request-id": `req_${n}` }));
  for (let i = 0; i < 60; i++)
    await updates
      .request("change", yearly)()
      .catch(() => {});
  const { failures, endpoints } = updates.metrics();
  expect(failures.map(({ requestId }) => requestId)).toEqual(Array.from({ length: 50 }, (_, i) => `req_${i + 11}`));
  expect(failures[0]).toMatchObject({ kind: "refused", status: 400, requestId: "req_11", attempts: 1 });
  expect(JSON.stringify(failures)).not.toMatch(/cs_test|yearly|http/);
  expect(endpoints["change"]).toMatchObject({ updates: 60, failures: { refused: 60 } });
});

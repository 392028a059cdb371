import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createFakeServer, type FakeServer } from "../../js/testing/index.js";
import { fresh, gate, SESSION, stripe, turn, yearly } from "./facade-support.js";

// What `pay`, `hold` and `resume` do where there is no module. With it, the module decides.

const KEY = "checkout-updates";
let server: FakeServer;
let stored: Record<string, string>;
beforeEach(() => {
  server = createFakeServer({ "/change": () => 200 });
  stored = {};
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => stored[key] ?? null,
    setItem: (key: string, value: string) => void (stored[key] = value),
    removeItem: (key: string) => void delete stored[key],
  });
});
afterEach(() => {
  server.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const blocked = (reason: string) => ({ type: "blocked", reason, message: expect.stringMatching(/^[A-Z].*\.$/) });
const refused = { type: "error", error: { kind: "paying", applied: "no", attempts: 0 } };

test("where nothing is in the way confirm is called in the same task, once, and no update starts meanwhile", async () => {
  const { updates: create } = await fresh();
  const updates = create();
  const { actions } = await stripe();
  const paying: boolean[] = [];
  updates.subscribe(() => paying.push(updates.getSnapshot().paying));
  const result = gate<object>();
  const confirm = vi.fn(() => result.opened);
  const paid = updates.pay(actions, confirm);
  expect(confirm.mock.calls).toEqual([[actions]]);
  expect(await updates.pay(actions, confirm)).toEqual(blocked("paying"));
  expect(updates.hold()).toBeNull();
  expect(await updates.run(actions, "change", yearly)).toMatchObject(refused);
  const given = { type: "error" };
  result.open(given);
  const outcome = await paid;
  expect([outcome, (outcome as { result: unknown }).result === given]).toEqual([
    { type: "confirmed", result: given },
    true,
  ]);
  expect([confirm.mock.calls.length, paying, server.requests]).toEqual([1, [true, false], []]);
  expect(updates.metrics().payments).toEqual({ confirmed: 1, blocked: { paying: 1 } });
});

test("it rejects as confirm rejects or throws, and updates run again", async () => {
  const { updates: create, load } = await fresh();
  const updates = create();
  const { actions } = await stripe();
  const cause = new Error("declined");
  await expect(updates.pay(actions, () => Promise.reject(cause))).rejects.toBe(cause);
  await expect(
    updates.pay(actions, () => {
      throw cause;
    }),
  ).rejects.toBe(cause);
  const outcome = updates.run(actions, "change", yearly);
  await load();
  expect((await outcome).type).toBe("success");
});

test("a change that waits and cannot be made blocks the payment, and confirm is not called", async () => {
  const { updates: create, fail } = await fresh();
  const updates = create();
  const { actions } = await stripe();
  const confirm = vi.fn();
  const change = updates.run(actions, "change", yearly);
  const paid = updates.pay(actions, confirm);
  expect([updates.getSnapshot().paying, confirm.mock.calls]).toEqual([true, []]);
  expect(await updates.run(actions, "change", yearly)).toMatchObject(refused);
  fail(new Error("404"));
  expect(await paid).toEqual(blocked("failed"));
  expect(await change).toMatchObject({ error: { kind: "unavailable" } });
  expect([updates.getSnapshot().paying, confirm.mock.calls]).toEqual([false, []]);
  expect(updates.metrics().payments).toEqual({ confirmed: 0, blocked: { failed: 1 } });
});

test("a shop can take money where the module cannot be loaded: a refresh that waits is no reason not to", async () => {
  const { updates: create, fail } = await fresh();
  const onFailure = vi.fn();
  const updates = create({ onFailure });
  const { actions } = await stripe();
  const refreshed = updates.refresh(actions);
  const paid = updates.pay(actions, () => "paid");
  fail(new Error("404"));
  expect(await paid).toEqual({ type: "confirmed", result: "paid" });
  expect(await refreshed).toMatchObject({ type: "error" });
  expect([onFailure.mock.calls.length, updates.metrics().failures.length]).toEqual([1, 1]);
});

test("a session that is not open cannot be paid, and one that cannot be read is taken for open", async () => {
  const { updates: create } = await fresh();
  const updates = create();
  const closed = { getSession: () => ({ id: SESSION, status: { type: "complete" } }) };
  const confirm = vi.fn(() => "paid");
  expect(await updates.pay(closed, confirm)).toEqual(blocked("closed"));
  const unreadable = {
    getSession() {
      throw new Error("too early");
    },
  };
  expect(await updates.pay(unreadable, confirm)).toEqual({ type: "confirmed", result: "paid" });
  expect(confirm).toHaveBeenCalledTimes(1);
});

test("its signal and dispose end the waiting, and nothing once confirm was called", async () => {
  const { updates: create } = await fresh();
  const updates = create();
  const { actions } = await stripe();
  const confirm = vi.fn();
  expect(await updates.pay(actions, confirm, { signal: AbortSignal.abort() })).toEqual(blocked("cancelled"));
  for (const end of ["abort", "dispose"]) {
    void updates.run(actions, "change", yearly);
    const control = new AbortController();
    const paid = updates.pay(actions, confirm, { signal: control.signal });
    if (end === "abort") control.abort();
    else updates.dispose();
    expect(await paid).toEqual(blocked("cancelled"));
    updates.dispose();
  }
  expect(confirm).not.toHaveBeenCalled();
  const result = gate<string>();
  const control = new AbortController();
  const paid = updates.pay(actions, () => result.opened, { signal: control.signal });
  control.abort();
  updates.dispose();
  result.open("paid");
  expect(await paid).toEqual({ type: "confirmed", result: "paid" });
});

test("a hold is granted where nothing waits, refuses updates, and ends by its release, by a payment and after a while", async () => {
  vi.useFakeTimers();
  const { updates: create } = await fresh();
  const updates = create();
  const { actions } = await stripe();
  const release = updates.hold()!;
  expect([updates.getSnapshot().paying, updates.hold()]).toEqual([true, null]);
  expect(await updates.run(actions, "change", yearly)).toMatchObject(refused);
  release();
  release();
  expect(updates.getSnapshot().paying).toBe(false);
  updates.hold();
  expect(await updates.pay(actions, () => "paid")).toEqual({ type: "confirmed", result: "paid" });
  expect(updates.getSnapshot().paying).toBe(false);
  updates.hold();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(updates.getSnapshot().paying).toBe(false);
  updates.hold();
  updates.dispose();
  expect(updates.getSnapshot().paying).toBe(false);
  void updates.run(actions, "change", yearly);
  expect(updates.hold()).toBeNull();
  updates.dispose();
});

test("after a reload a young mark of this session makes the page stale until it was refreshed, without a module too", async () => {
  stored[KEY] = JSON.stringify({ [SESSION]: Date.now() - 1_000 });
  const { updates: create, fail } = await fresh();
  const updates = create();
  const { actions, fake } = await stripe();
  const resumed = updates.resume(actions);
  expect([updates.isStale(), updates.getSnapshot().stale, updates.hold()]).toEqual([true, true, null]);
  fail(new Error("404"));
  expect(await resumed).toEqual({ stale: false });
  expect([updates.isStale(), fake.updates.length]).toEqual([false, 1]);
});

test("with the module the page is refreshed as after an unknown", async () => {
  stored[KEY] = JSON.stringify({ [SESSION]: Date.now() - 1_000 });
  const { updates: create, load } = await fresh();
  const updates = create();
  const { actions, fake } = await stripe();
  void updates.resume(actions);
  await load();
  await turn();
  await fake.idle();
  expect([fake.updates.length, updates.isStale()]).toEqual([1, true]);
  updates.dispose();
});

test("without a mark of its own a session is not stale; old marks and what is none are removed, others are left", async () => {
  const { updates: create, source } = await fresh();
  const updates = create();
  const { actions } = await stripe();
  const now = Date.now();
  const other = { cs_test_other: now };
  for (const [text, rest] of [
    [undefined, undefined],
    [JSON.stringify({ [SESSION]: now - 61_000 }), undefined],
    [JSON.stringify({ [SESSION]: "soon", ...other }), JSON.stringify(other)],
    ["{", undefined],
    ["null", undefined],
  ]) {
    stored = text === undefined ? {} : { [KEY]: text };
    expect([await updates.resume(actions), stored[KEY]]).toEqual([{ stale: false }, rest]);
  }
  vi.stubGlobal("sessionStorage", undefined);
  expect(await updates.resume(actions)).toEqual({ stale: false });
  expect(source).not.toHaveBeenCalled();
});

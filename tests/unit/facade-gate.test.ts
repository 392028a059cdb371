import { expect, test, vi } from "vitest";
import { createGate, type Gate } from "../../js/gate.js";

type Function = (...given: any[]) => any;
const trap = () => {
  throw new WebAssembly.RuntimeError("unreachable");
};

/** A gate that closes when it is trapped, as that of an instance does. */
function closing(last: (gate: Gate) => void = () => {}) {
  const trapped = vi.fn(() => {
    last(gate);
    gate.close("lost");
  });
  const gate = createGate(trapped);
  const { enter, leave, Promise: Tracked } = gate.given;
  return {
    gate,
    trapped,
    enter: enter as (f: Function) => Function,
    leave: leave as (f: Function) => Function,
    Tracked,
  };
}

test("values go through in both directions", () => {
  const { enter, leave, trapped } = closing();
  expect([enter((a, b) => a - b)(5, 3), leave((a, b) => a - b)(5, 3)]).toEqual([2, 2]);
  const error = new Error("the page's own");
  expect(() => leave(() => trap.call(error))()).toThrow(WebAssembly.RuntimeError);
  expect(trapped).not.toHaveBeenCalled();
});

test("a trap is seen once, and nothing enters again: what comes back reads as nothing, zero and undefined", () => {
  const { enter, trapped, gate } = closing();
  const inside = vi.fn();
  const result = enter(trap)();
  expect([trapped.mock.calls.length, gate.isClosed()]).toEqual([1, true]);
  for (const nothing of [result, enter(inside)(), enter(trap)()]) {
    expect([nothing[0], nothing | 0, [1, undefined][nothing]]).toEqual([undefined, 0, undefined]);
  }
  expect([inside.mock.calls.length, trapped.mock.calls.length]).toEqual([0, 1]);
});

test("an entry in which another one trapped is unwound: it does not go on in a buried memory", () => {
  const { enter, leave, trapped } = closing();
  const order: string[] = [];
  const page = leave(() => {
    enter(trap)();
    order.push("the page goes on");
  });
  enter(() => {
    page();
    order.push("the module goes on");
  })();
  expect([order, trapped.mock.calls.length]).toEqual([["the page goes on"], 1]);
});

test("the module can be asked for the last time, and may trap again", () => {
  const answers: unknown[] = [];
  let ask: Function;
  const { enter, leave, trapped } = closing(() => answers.push(ask(), enter(trap)()));
  const clock = leave(() => 7);
  ask = enter(() => clock());
  enter(trap)();
  expect([answers, trapped.mock.calls.length]).toEqual([[7, []], 1]);
});

test("what the module has promised and not settled is rejected when it dies, and the rest is left", async () => {
  const { gate, Tracked } = closing();
  const Own = Tracked as PromiseConstructor;
  const kept = new Own((resolve) => resolve("kept"));
  const refused = new Own((_, reject) => reject(new Error("refused")));
  const open = new Own(() => {});
  expect([kept instanceof Own, kept instanceof Promise]).toEqual([true, true]);
  gate.close("lost");
  expect(await Promise.allSettled([kept, refused, open, Own.resolve(1), Own.reject(2)])).toEqual([
    { status: "fulfilled", value: "kept" },
    { status: "rejected", reason: new Error("refused") },
    { status: "rejected", reason: "lost" },
    { status: "fulfilled", value: 1 },
    { status: "rejected", reason: 2 },
  ]);
});

test("the memory of a dead module is zeros", () => {
  const { gate } = closing();
  const memory = { buffer: new Uint8Array([1, 2, 3]).buffer };
  for (const exported of [memory, { value: 1 }]) expect(gate.given.enter(exported)).toBe(exported);
  gate.close("lost");
  expect([...new Uint8Array(memory.buffer)]).toEqual([0, 0, 0]);
});

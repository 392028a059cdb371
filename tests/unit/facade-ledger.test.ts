import { expect, test, vi } from "vitest";
import { failed } from "../../js/call.js";
import { createLedger } from "../../js/ledger.js";

const error = (kind: "timeout" | "unavailable", n = 0) => failed(kind, "change", performance.now() - n, "no", `${n}`);

test("the last 50 failures are kept, oldest first, as plain records without their cause", () => {
  const ledger = createLedger(["change"]);
  for (let n = 0; n < 60; n++) ledger.keep(Object.assign(error("timeout", n), { cause: "secret" }));
  const { failures } = ledger.metrics();
  expect(failures.map(({ message }) => message)).toEqual(Array.from({ length: 50 }, (_, n) => `${n + 10}`));
  expect(Object.keys(failures[0]!).sort()).toEqual([
    "applied",
    "attempts",
    "durationMs",
    "endpoint",
    "field",
    "kind",
    "message",
    "reason",
    "requestId",
    "status",
  ]);
  expect(failures[0]).not.toBeInstanceOf(Error);
});

test("what metrics give is a copy", () => {
  const ledger = createLedger(["change"]);
  ledger.keep(error("timeout"));
  (ledger.metrics().failures as unknown[]).length = 0;
  expect(ledger.metrics().failures).toHaveLength(1);
});

test("without an engine the notes are the counts", () => {
  const ledger = createLedger(["change", "other"]);
  ledger.note(0, error("timeout"));
  ledger.note(0, error("unavailable"));
  ledger.note(0, error("unavailable"));
  expect(ledger.metrics().endpoints).toEqual({
    change: expect.objectContaining({ updates: 3, successes: 0, failures: { timeout: 1, unavailable: 2 }, p50: null }),
    other: expect.objectContaining({ updates: 0, failures: {} }),
  });
});

test("the notes are handed over once, and at most 50", () => {
  const ledger = createLedger(["change"]);
  for (let n = 0; n < 60; n++) ledger.note(0, error("unavailable", n));
  const note = vi.fn();
  ledger.play(note);
  ledger.play(note);
  expect(note).toHaveBeenCalledTimes(50);
  expect(note).toHaveBeenLastCalledWith(0, "unavailable", expect.any(Number));
});

test("at most 64 names of functions are known, and the next share the last", () => {
  const names = ["change"];
  const ledger = createLedger(names);
  const added = vi.fn();
  const places = Array.from({ length: 70 }, (_, n) => ledger.place(`own ${n}`, added));
  expect(places).toEqual(Array.from({ length: 70 }, (_, n) => Math.min(n + 1, 64)));
  expect(names).toHaveLength(65);
  expect(added.mock.calls).toEqual(Array.from({ length: 64 }, (_, n) => [n + 1]));
  // Those that are known stay known, declared ones too.
  expect(ledger.place("own 3", added)).toBe(4);
  expect(ledger.place("change", added)).toBe(0);
  expect(added).toHaveBeenCalledTimes(64);
});

test("the counts of an engine that is let go are kept until there is the next", () => {
  const ledger = createLedger(["change"]);
  ledger.close('{"change":{"updates":7}}');
  expect(ledger.metrics().endpoints).toEqual({ change: { updates: 7 } });
  ledger.play(() => {});
  expect(ledger.metrics().endpoints["change"]!.updates).toBe(0);
});

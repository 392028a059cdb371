import { expect, test, vi } from "vitest";
import { failed } from "../../js/call.js";
import { KINDS } from "../../js/error.js";
import { createLedger } from "../../js/ledger.js";

const NUMBERS = ["updates", "successes", "retries", "late", "joined", "superseded"];
/** The counters by position, as `src/metrics.rs` has them. */
const COUNTERS = [...NUMBERS, ...KINDS, "p50", "p95", "max"];

/** What stands for the engine's counters. */
function engine() {
  const counts: Record<string, number> = {};
  return {
    add(endpoint: number, name: string, number: number) {
      const key = `${endpoint} ${COUNTERS.indexOf(name)}`;
      counts[key] = (counts[key] ?? (/^[pm]/.test(name) ? -1 : 0)) + number;
    },
    count: (endpoint: number, position: number) =>
      counts[`${endpoint} ${position}`] ?? (position < COUNTERS.length - 3 ? 0 : -1),
  };
}

const error = (kind: "timeout" | "unavailable", n = 0) => failed(kind, "change", performance.now() - n, "no", `${n}`);

test("the last 50 failures are kept, oldest first, as plain records without their cause", () => {
  const ledger = createLedger(["change"]);
  for (let n = 0; n < 60; n++) ledger.keep(Object.assign(error("timeout", n), { cause: "secret" }));
  const { failures } = ledger.metrics(undefined);
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
  (ledger.metrics(undefined).failures as unknown[]).length = 0;
  expect(ledger.metrics(undefined).failures).toHaveLength(1);
});

test("without an engine the notes are the counts", () => {
  const ledger = createLedger(["change", "other"]);
  ledger.note(0, error("timeout"));
  ledger.note(0, error("unavailable"));
  ledger.note(0, error("unavailable"));
  expect(ledger.metrics(undefined).endpoints).toEqual({
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
  expect(note).toHaveBeenLastCalledWith(0, KINDS.indexOf("unavailable"), expect.any(Number));
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
  const { add, count } = engine();
  add(0, "updates", 7);
  ledger.close(count);
  // What the engine says later is of no interest any more: it is gone.
  add(0, "updates", 1);
  expect(ledger.metrics(undefined).endpoints).toMatchObject({ change: { updates: 7 } });
  ledger.play(() => {});
  expect(ledger.metrics(undefined).endpoints["change"]!.updates).toBe(0);
});

test("each counter of the engine has its name", () => {
  const ledger = createLedger(["change", "other"]);
  const { add, count } = engine();
  for (const [position, name] of NUMBERS.entries()) add(0, name, position + 1);
  add(0, "timeout", 7);
  add(0, "internal", 8);
  add(0, "invalid_intent", 9);
  for (const [name, ms] of [["p50", 10] as const, ["p95", 0] as const]) add(0, name, ms + 1);
  expect(ledger.metrics(count).endpoints).toEqual({
    change: {
      updates: 1,
      successes: 2,
      retries: 3,
      late: 4,
      joined: 5,
      superseded: 6,
      failures: { invalid_intent: 9, timeout: 7, internal: 8 },
      p50: 10,
      p95: 0,
      max: null,
    },
    other: {
      ...{ updates: 0, successes: 0, retries: 0, late: 0, joined: 0, superseded: 0 },
      ...{ failures: {}, p50: null, p95: null, max: null },
    },
  });
});

test("any name is a name, in the metrics and in the report", () => {
  const names = ['a "name"\\\n\u2028é', "__proto__", "7", "constructor"];
  const ledger = createLedger([...names]);
  const { add, count } = engine();
  for (const endpoint of names.keys()) add(endpoint, "updates", endpoint + 1);
  const updates = (of: Record<string, { updates: number }>) => names.map((name) => [name, of[name]?.updates]);
  const expected = names.map((name, endpoint) => [name, endpoint + 1]);
  expect(updates(ledger.metrics(count).endpoints)).toEqual(expected);
  expect(updates(JSON.parse(ledger.news(count)).endpoints)).toEqual(expected);
});

test("news is what came since the last, and only of where anything did", () => {
  const ledger = createLedger(["change", "other"]);
  const { add, count } = engine();
  expect(ledger.news(count)).toBe("");
  add(0, "updates", 5);
  add(0, "successes", 3);
  add(0, "refused", 2);
  add(0, "p50", 21);
  const { change, ...rest } = JSON.parse(ledger.news(count)).endpoints;
  expect(change).toMatchObject({ updates: 5, successes: 3, retries: 0, failures: { refused: 2 }, p50: 20, max: null });
  expect(rest).toEqual({});
  expect(ledger.news(count)).toBe("");
  add(0, "updates", 1);
  add(0, "timeout", 1);
  // Percentiles are of all that are kept, each time.
  expect(JSON.parse(ledger.news(count)).endpoints.change).toMatchObject({
    ...{ updates: 1, successes: 0, failures: { timeout: 1 }, p50: 20 },
  });
  // A retry is news before its update has ended.
  add(1, "retries", 1);
  expect(Object.keys(JSON.parse(ledger.news(count)).endpoints)).toEqual(["other"]);
  // The page's own record is not shortened by that.
  expect(ledger.metrics(count).endpoints["change"]).toMatchObject({ updates: 6, failures: { refused: 2, timeout: 1 } });
});

test("a new engine's counts are all news", () => {
  const ledger = createLedger(["change"]);
  const [first, second] = [engine(), engine()];
  first.add(0, "updates", 5);
  ledger.news(first.count);
  ledger.play(() => {});
  second.add(0, "updates", 2);
  expect(JSON.parse(ledger.news(second.count)).endpoints.change.updates).toBe(2);
});

test("a name that is added later is counted and reported like the others", () => {
  const ledger = createLedger(["change"]);
  const { add, count } = engine();
  ledger.news(count);
  add(ledger.place("own", false), "updates", 1);
  expect(ledger.metrics(count).endpoints["own"]!.updates).toBe(1);
  expect(Object.keys(JSON.parse(ledger.news(count)).endpoints)).toEqual(["own"]);
});

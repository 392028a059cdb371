import { recorded } from "../src/browser/error.js";
import type { CheckoutUpdateErrorShape, FailureKind, Metrics } from "./types.js";

/** The most failures that are kept. */
export const KEPT = 50;

const DURATIONS = { p50: null, p95: null, max: null };
const NONE = { updates: 0, successes: 0, retries: 0, late: 0, joined: 0, superseded: 0, ...DURATIONS };

/** What is counted where there is no instance: of these names, the failures that were met so. */
export function countsOf(names: readonly string[], met: readonly CheckoutUpdateErrorShape[]): Metrics {
  const of = (name: string) => {
    const failures: Partial<Record<FailureKind, number>> = {};
    const own = met.filter(({ endpoint }) => endpoint === name);
    for (const { kind } of own) failures[kind] = (failures[kind] ?? 0) + 1;
    return [name, { ...NONE, updates: own.length, failures }] as const;
  };
  const counts = { endpoints: Object.fromEntries(names.map(of)), payments: { confirmed: 0, blocked: {} } };
  return { ...counts, failures: met.map(recorded) };
}

/** The counts of an instance that has died and those of the one that followed. */
export const added = (before: Metrics | undefined, now: Metrics): Metrics => sum(before, now, "") as Metrics;

function sum(before: any, now: any, key: string): unknown {
  if (before === undefined) return now;
  if (Array.isArray(before)) return [...(before as unknown[]), ...now].slice(-KEPT);
  // Percentiles have no sum: they start with the new instance.
  if (before === null || typeof before === "number") return key in DURATIONS ? (now ?? null) : before + (now ?? 0);
  const keys = new Set([...Object.keys(before), ...Object.keys(now ?? {})]);
  return Object.fromEntries([...keys].map((key) => [key, sum(before[key], now?.[key], key)]));
}

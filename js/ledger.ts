import { KINDS } from "./error.js";
import type { CheckoutUpdateErrorShape, EndpointMetrics, Failure, FailureKind, Metrics } from "./types.js";

/** The most failures that are kept. */
const KEPT = 50;
/** The most names of wrapped functions; later ones share the last. */
const MOST_NAMES = 64;

/** What the engine counts, by position: these, then a number a kind, then the percentiles. See `src/metrics.rs`. */
const NUMBERS = ["updates", "successes", "retries", "late", "joined", "superseded"];
const PERCENTILES = ["p50", "p95", "max"];
const COUNTERS = NUMBERS.length + KINDS.length;

/** A counter of an endpoint; negative where there is none. */
type Count = (endpoint: number, position: number) => number;

type Note = [endpoint: number, kind: FailureKind, ms: number];

/** What is known without an engine: the last failures, and what the engine has not been told yet. */
export function createLedger(names: string[]) {
  const failures: Failure[] = [];
  const declared = names.length;
  let notes: Note[] = [];
  let closed: Metrics["endpoints"] | undefined;
  /** What was reported of each endpoint. */
  let reported: number[][] = [];

  const noted: Count = (endpoint, position) => {
    const own = notes.filter(
      ([of, kind]) => of === endpoint && (!position || NUMBERS.length + KINDS.indexOf(kind) === position),
    );
    return position < COUNTERS ? own.length : -1;
  };

  const endpoints = (count: Count) =>
    Object.fromEntries(names.map((name, endpoint) => [name, record((position) => count(endpoint, position))]));

  return {
    keep(error: CheckoutUpdateErrorShape): void {
      const { kind, applied, endpoint, status, durationMs, attempts, requestId, message, field, reason } = error;
      failures.push({ kind, applied, endpoint, status, durationMs, attempts, requestId, message, field, reason });
      if (failures.length > KEPT) failures.shift();
    },

    /** A failure that was met while there was no engine. */
    note(endpoint: number, { kind, durationMs }: CheckoutUpdateErrorShape): void {
      notes.push([endpoint, kind, durationMs]);
      if (notes.length > KEPT) notes.shift();
    },

    /** Hands the notes to a new engine, which counts from 0. */
    play(note: (endpoint: number, kind: number, ms: number) => void): void {
      for (const [endpoint, kind, ms] of notes) note(endpoint, KINDS.indexOf(kind), ms);
      notes = [];
      closed = undefined;
      reported = [];
    },

    /** Keeps the counts of an engine that is let go. */
    close(count: Count): void {
      closed = endpoints(count);
    },

    /** The position of a name; `add` is told of a new one. */
    place(name: string, add: false | ((position: number) => void)): number {
      const found = names.indexOf(name);
      if (found >= 0) return found;
      if (names.length - declared >= MOST_NAMES) return names.length - 1;
      names.push(name);
      if (add) add(names.length - 1);
      return names.length - 1;
    },

    metrics: (count: Count | undefined): Metrics => ({
      endpoints: count ? endpoints(count) : (closed ?? endpoints(noted)),
      failures: [...failures],
    }),

    /** What is new since the last time, as JSON, of the endpoints where anything is; empty if nothing is. */
    news(count: Count): string {
      const news: [name: string, since: EndpointMetrics][] = [];
      names.forEach((name, endpoint) => {
        const before = reported[endpoint] ?? [];
        const counters = Array.from({ length: COUNTERS }, (_, position) => count(endpoint, position));
        if (counters.every((number, position) => number === (before[position] ?? 0))) return;
        news.push([name, record((position) => count(endpoint, position) - (before[position] ?? 0))]);
        reported[endpoint] = counters;
      });
      return news.length ? JSON.stringify({ endpoints: Object.fromEntries(news) }) : "";
    },
  };
}

function record(count: (position: number) => number): EndpointMetrics {
  const numbers = NUMBERS.map((name, position) => [name, count(position)]);
  const percentiles = PERCENTILES.map((name, i) => {
    const ms = count(COUNTERS + i);
    return [name, ms < 0 ? null : ms];
  });
  const failures = KINDS.map((kind, i) => [kind, count(NUMBERS.length + i)]).filter(([, number]) => number);
  return { ...Object.fromEntries([...numbers, ...percentiles]), failures: Object.fromEntries(failures) };
}

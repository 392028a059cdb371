import type { CheckoutUpdateErrorShape, EndpointMetrics, Failure, Metrics } from "./types.js";

/** The most failures that are kept. */
const KEPT = 50;
/** The most names of wrapped functions; later ones share the last. */
const MOST_NAMES = 64;

type Note = [endpoint: number, kind: string, ms: number];

/** What is known without an engine: the last failures, and what the engine has not been told yet. */
export function createLedger(names: string[]) {
  const failures: Failure[] = [];
  const declared = names.length;
  let notes: Note[] = [];
  let closed: string | undefined;
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

    /** Hands the notes to the engine, which counts them. */
    play(note: (...note: Note) => void): void {
      for (const each of notes) note(...each);
      notes = [];
      closed = undefined;
    },

    /** Keeps the counts of an engine that is let go. */
    close(counts: string): void {
      closed = counts;
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

    metrics(counts = closed): Metrics {
      const endpoints: Record<string, EndpointMetrics> = counts
        ? (JSON.parse(counts) as Record<string, EndpointMetrics>)
        : Object.fromEntries(names.map((name, position) => [name, without(notes, position)]));
      return { endpoints, failures: [...failures] };
    },
  };
}

/** The counts of an endpoint whose updates never reached an engine. */
function without(notes: readonly Note[], position: number): EndpointMetrics {
  const own = notes.filter(([endpoint]) => endpoint === position);
  const failures: Record<string, number> = {};
  for (const [, kind] of own) failures[kind] = (failures[kind] ?? 0) + 1;
  const none = { successes: 0, retries: 0, late: 0, joined: 0, superseded: 0, p50: null, p95: null, max: null };
  return { updates: own.length, failures, ...none };
}

// What stands of one `Updates`, whichever instance of the module serves it: subscribers, reporters, names of wrapped
// functions, and what was counted before. It is played to each instance. What an instance knows is asked of it alone.
import type { Engine } from "../build/engine.js";
import type { Checked } from "../src/browser/options.js";
import { safely } from "./environment.js";
import { current, onTrap } from "./instance.js";
import { added, countsOf, KEPT } from "./metrics.js";
import type { Inner } from "./inner.js";
import type { Applied, CheckoutUpdateErrorShape, Metrics, PaymentMetrics, Snapshot } from "./types.js";

type End = (() => void) | void;

/** Makes it. `isWaiting` tells whether a call waits for an instance, `lost` ends the calls of one that has died. */
export function createStanding(
  options: Checked,
  isWaiting: (name?: string, match?: object) => boolean,
  lost: (applied: Applied) => void,
) {
  const names = new Set(options.endpoints.map(({ name }) => name));
  const listeners = new Set<() => void>();
  /** What each instance is told. */
  const played = new Set<{ play(inner: Inner): End; end?: End }>();
  let shown: Snapshot = { pending: false, stale: false, paying: false };
  /** Failures that were met without an instance, for the next one to count. */
  let met: readonly CheckoutUpdateErrorShape[] = [];
  /** What the instances before this one have counted. */
  let before: Metrics | undefined;
  /** An instance has died, and no other has been told. */
  let isDoubtful = false;
  let isOpening = false;
  /** Whether a payment or a hold is under way, for as long as there is no instance to know. */
  let isPaying = false;
  /** Those that were seen last, to refresh the session by. */
  let actions: object | undefined;
  let engine: Engine | undefined;
  let inner: Inner | undefined;
  let applied: Applied;
  let stopListening: (() => void) | undefined;

  /** Asks the instance; `undefined` if there is none, also if it dies of the question. */
  function ask<T>(question: (inner: Inner) => T): T | undefined {
    if (!inner || engine !== current()) return undefined;
    const answer = question(inner);
    return engine === current() ? answer : undefined;
  }

  const isStale = (): boolean => ask((inner) => inner.isStale()) ?? isDoubtful;

  const isPending = (name?: string, match?: object): boolean =>
    isWaiting(name, match) || ask((inner) => inner.isPending(name, match)) === true;

  /** Shows what has changed. */
  function changed(): void {
    const { pending, stale = isDoubtful, paying = isPaying } = ask((inner) => inner.getSnapshot()) ?? {};
    const next = { pending: pending || isWaiting(), stale, paying };
    if (next.pending === shown.pending && next.stale === shown.stale && next.paying === shown.paying) return;
    shown = next;
    for (const listener of [...listeners]) safely(listener);
  }

  /** Tells each instance, from the current one on unless it `isKnown` to that; returns the function that ends this. */
  function stand(play: (inner: Inner) => End, isKnown = false, ended?: End): () => void {
    const entry = { play, end: isKnown ? ended : ask(play) };
    played.add(entry);
    return () => {
      played.delete(entry);
      ask(() => entry.end?.());
    };
  }

  const afterTrap = {
    dying(): void {
      applied = "unknown";
      if (inner!.hasSent() === false) applied = "no";
      before = added(before, inner!.metrics());
    },
    died(): void {
      inner = stopListening = undefined;
      isDoubtful = true;
      // From here on callbacks of the page may begin what the fresh instance is to do.
      lost(applied);
      changed();
      // One that dies while it is opened is not opened again for that alone: there might be no end to it.
      if (actions && !isOpening) open();
    },
  };

  /** This object's side of the current instance, made when it is first needed. */
  function open(): void {
    const next = current();
    if (!next) return;
    if (!inner || engine !== next) {
      const made = new next.Updates(options as never) as unknown as Inner;
      if (next !== current()) return;
      [engine, inner, stopListening] = [next, made, onTrap(afterTrap)];
      isOpening = true;
      for (const entry of played) entry.end = ask(entry.play);
      met = met.filter((failure) => !count(failure));
      if (isDoubtful && ask((inner) => (inner.doubt(actions), true))) isDoubtful = false;
      isOpening = false;
    }
    stopListening ??= onTrap(afterTrap);
  }

  const count = (failure: CheckoutUpdateErrorShape) => ask((inner) => (inner.note(failure), true)) === true;

  function subscribe(listener: () => void): () => void {
    // Each subscription counts for itself, also of the same function.
    const own = () => listener();
    listeners.add(own);
    return () => void listeners.delete(own);
  }

  stand((inner) => inner.subscribe(changed));

  return {
    ask,
    open,
    changed,
    isPending,
    isStale,
    stand,
    /** The names of endpoints and of wrapped functions. */
    names,
    /** Remembers the actions for the refresh that a death is followed by. */
    see: (given: object) => void (actions = given),
    /** Counts a failure that no instance has met. */
    note(failure: CheckoutUpdateErrorShape): void {
      if (!count(failure)) met = [...met, failure].slice(-KEPT);
    },
    isPaying: () => isPaying,
    setPaying(value: boolean): void {
      isPaying = value;
      changed();
    },
    /** Counts a payment that no instance has decided. */
    countPayment(payments: PaymentMetrics): void {
      before = added(before, { endpoints: {}, payments, failures: [] });
    },
    /** The page is stale until the session was refreshed by the actions that were seen last. */
    doubt(): void {
      isDoubtful = !ask((inner) => (inner.doubt(actions), true));
      changed();
    },
    /** That was done without an instance. */
    endDoubt(): void {
      isDoubtful = false;
      changed();
    },
    getSnapshot: (): Snapshot => shown,
    subscribe,
    settled: () =>
      new Promise<{ stale: boolean }>((resolve) => {
        const look = () => {
          if (isPending()) return;
          end();
          resolve({ stale: isStale() });
        };
        const end = subscribe(look);
        look();
      }),
    metrics: (): Metrics => added(before, ask((inner) => inner.metrics()) ?? countsOf([...names], met)),
    /** Lets go of what the page has passed. Of a death this hears again once it is used again. */
    dispose(): void {
      ask((inner) => inner.dispose());
      stopListening?.();
      stopListening = actions = undefined;
      isDoubtful = false;
      changed();
    },
  };
}

// The connection of one `Updates` to the current instance of the module, with what survives the death of one: subscribers,
// reporters, names of wrapped functions and counts. Each instance gets them again. What an instance knows is not kept here.
import type { Engine } from "../build/engine.js";
import type { Checked } from "../src/browser/options.js";
import { each } from "./list.js";
import { added, countsOf, KEPT } from "./metrics.js";
import { current, onTrap } from "./instance.js";
import type { EngineUpdates } from "./engine-updates.js";
import type { Applied, CheckoutUpdateErrorShape, Metrics, PaymentMetrics, Snapshot } from "./types.js";

type End = (() => void) | void;

/**
 * Makes the connection. `isWaiting` returns whether a call waits for an instance; `onLost` ends the calls of an instance
 * that has died.
 */
export function createConnection(
  options: Checked,
  isWaiting: (name?: string, match?: object) => boolean,
  onLost: (applied: Applied) => void,
) {
  const names = new Set(options.endpoints.map(({ name }) => name));
  const listeners = new Set<() => void>();
  /** What is repeated for each instance. */
  const replays = new Set<{ play(inner: EngineUpdates): End; end?: End }>();
  let shown: Snapshot = { pending: false, stale: false, paying: false };
  /** Failures that happened without an instance, for the next one to count. */
  let missed: readonly CheckoutUpdateErrorShape[] = [];
  /** What earlier instances have counted. */
  let before: Metrics | undefined;
  /** An instance has died, and the next one does not know yet. */
  let isDoubtful = false;
  let isOpening = false;
  /** Whether a payment or a hold is under way, while there is no instance to ask. */
  let isPaying = false;
  /** The actions of the last call, to refresh the session with. */
  let actions: object | undefined;
  let engine: Engine | undefined;
  let inner: EngineUpdates | undefined;
  /** Whether the changes of the instance that is dying were made. */
  let lost: Applied;
  let stopListening: (() => void) | undefined;

  /** Asks the instance. Returns `undefined` if there is none, even if it dies of the question. */
  function ask<T>(question: (inner: EngineUpdates) => T): T | undefined {
    if (!inner || engine !== current()) return undefined;
    const answer = question(inner);
    return engine === current() ? answer : undefined;
  }

  const isStale = (): boolean => ask((inner) => inner.isStale()) ?? isDoubtful;

  const isPending = (name?: string, match?: object): boolean =>
    isWaiting(name, match) || ask((inner) => inner.isPending(name, match)) === true;

  /** Notifies subscribers if the snapshot has changed. */
  function changed(): void {
    const { pending, stale = isDoubtful, paying = isPaying } = ask((inner) => inner.getSnapshot()) ?? {};
    const next = { pending: pending || isWaiting(), stale, paying };
    if (next.pending === shown.pending && next.stale === shown.stale && next.paying === shown.paying) return;
    shown = next;
    each([...listeners], (listener) => listener());
  }

  /**
   * Calls `play` with each instance, from the current one on unless it `isKnown` to that one; `ended` is then how the
   * current one ends it. Returns a function that ends it everywhere.
   */
  function replay(play: (inner: EngineUpdates) => End, isKnown = false, ended?: End): () => void {
    const entry = { play, end: isKnown ? ended : ask(play) };
    replays.add(entry);
    return () => {
      replays.delete(entry);
      ask(() => entry.end?.());
    };
  }

  const afterTrap = {
    dying(): void {
      // A dying instance may not answer: what was asked before that counts.
      lost = "unknown";
      if (inner!.hasSent() === false) lost = "no";
      before = added(before, inner!.metrics());
    },
    died(): void {
      inner = stopListening = undefined;
      isDoubtful = true;
      // From here on callbacks of the page may begin what the fresh instance is to do.
      onLost(lost);
      changed();
      // An instance that dies while it is opened is not opened again for that alone: there might be no end to it.
      if (actions && !isOpening) open();
    },
  };

  /** Makes the instance stale, or the next one if there is none. */
  function passDoubt(): void {
    isDoubtful = !ask((inner) => (inner.doubt(actions), true));
  }

  /** Connects to the current instance, once. */
  function open(): void {
    const next = current();
    if (!next) return;
    if (!inner || engine !== next) {
      const made = new next.Updates(options as never) as unknown as EngineUpdates;
      if (next !== current()) return;
      [engine, inner, stopListening] = [next, made, onTrap(afterTrap)];
      isOpening = true;
      for (const entry of replays) entry.end = ask(entry.play);
      missed = missed.filter((failure) => !count(failure));
      if (isDoubtful) passDoubt();
      isOpening = false;
    }
    stopListening ??= onTrap(afterTrap);
  }

  const count = (failure: CheckoutUpdateErrorShape) => ask((inner) => (inner.note(failure), true)) === true;

  function subscribe(listener: () => void): () => void {
    // Two subscriptions of one function are two.
    const once = () => listener();
    listeners.add(once);
    return () => void listeners.delete(once);
  }

  replay((inner) => inner.subscribe(changed));

  return {
    ask,
    open,
    changed,
    isPending,
    isStale,
    replay,
    /** The names of endpoints and of wrapped functions. */
    names,
    /** Keeps the actions for the refresh that follows a death. */
    touch: (given: object) => void (actions = given),
    /** Counts a failure that happened without an instance. */
    note(failure: CheckoutUpdateErrorShape): void {
      if (!count(failure)) missed = [...missed, failure].slice(-KEPT);
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
    /** Makes the page stale until the session was refreshed with the actions of the last call. */
    doubt(): void {
      passDoubt();
      changed();
    },
    /** Ends the doubt after a refresh without an instance. */
    endDoubt(): void {
      isDoubtful = false;
      changed();
    },
    getSnapshot: (): Snapshot => shown,
    subscribe,
    settled: () =>
      new Promise<{ stale: boolean }>((resolve) => {
        const onChange = () => {
          if (isPending()) return;
          end();
          resolve({ stale: isStale() });
        };
        const end = subscribe(onChange);
        onChange();
      }),
    metrics: (): Metrics => added(before, ask((inner) => inner.metrics()) ?? countsOf([...names], missed)),
    /** Releases what the page has passed. It listens for a death again after the next call. */
    dispose(): void {
      ask((inner) => inner.dispose());
      stopListening?.();
      stopListening = actions = undefined;
      isDoubtful = false;
      changed();
    },
  };
}

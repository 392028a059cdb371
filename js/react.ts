import { useInsertionEffect, useRef, useState, useSyncExternalStore } from "react";
import type { CheckoutUpdateErrorShape, Endpoint, Endpoints, IntentOf, Outcome, RunOptions } from "./types.js";
import type { SessionOf, Snapshot, Updates } from "./types.js";

/** What `useUpdate` gives: the same object until something changes. */
export interface UpdateHook<E extends Endpoints, N extends keyof E & string, A> {
  /** As `updates.run`, with the updates, checkout and name of the last render. The same function in every render. */
  readonly run: (
    intent: E[N] extends Endpoint<infer R> ? IntentOf<R> : never,
    options?: RunOptions,
  ) => Promise<Outcome<SessionOf<A>>>;
  /** Whether an update of this hook has not settled. */
  readonly pending: boolean;
  /** How this hook's last update failed; `null` before, while it runs, after a success, and where it was cancelled. */
  readonly failure: CheckoutUpdateErrorShape | null;
}

type Shown = Pick<UpdateHook<Endpoints, string, unknown>, "pending" | "failure">;
type Given = [updates: Updates<any>, checkout: object | null | undefined, name: string];

/** What one hook shows. It outlives the component, so that an update which goes on after unmounting sets no state. */
function createStore(given: () => Given) {
  const listeners = new Set<() => void>();
  let running = 0;
  let started = 0;
  let shownOf = 0;
  let shown: Shown & { run: typeof run };

  function show(failure: CheckoutUpdateErrorShape | null): void {
    const pending = running > 0;
    if (pending === shown.pending && failure === shown.failure) return;
    shown = { run, pending, failure };
    for (const listener of [...listeners]) listener();
  }

  async function run(intent: any, options?: RunOptions): Promise<Outcome<any>> {
    const own = ++started;
    running++;
    show(null);
    let failure: CheckoutUpdateErrorShape | null | undefined;
    try {
      const [updates, checkout, name] = given();
      // Without a checkout there is nothing to run on: the outcome is `unsupported`, and nothing is sent.
      const outcome = await updates.run(checkout ?? {}, name, intent, options);
      if (outcome.type !== "cancelled") failure = outcome.type === "error" ? outcome.error : null;
      return outcome;
    } finally {
      running--;
      // An update that was started earlier has no say in how a later one ended.
      const isNews = failure !== undefined && own > shownOf;
      if (isNews) shownOf = own;
      show(isNews ? failure! : shown.failure);
    }
  }

  shown = { run, pending: false, failure: null };
  return {
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    getSnapshot: () => shown,
  };
}

/**
 * Runs updates of one endpoint, and tells how this hook's own ones stand. Unmounting ends none of them: the customer
 * did click.
 *
 * `checkout` is that of `useCheckoutElements()`; it may be `null` while it loads.
 */
export function useUpdate<E extends Endpoints, N extends keyof E & string, A extends object>(
  updates: Updates<E>,
  checkout: A | null | undefined,
  name: N,
): UpdateHook<E, N, A> {
  const given = useRef<Given>([updates, checkout, name]);
  // Before any other effect, so that an effect which runs an update finds what belongs to its render.
  useInsertionEffect(() => {
    given.current = [updates, checkout, name];
  });
  const [store] = useState(() => createStore(() => given.current));
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
}

const IDLE: Snapshot = { pending: false, stale: false };
const idle = (): Snapshot => IDLE;

/** Whether any update is pending, and whether the page may be showing totals that the server no longer has. */
export function useUpdatesState(updates: Pick<Updates, "subscribe" | "getSnapshot">): Snapshot {
  return useSyncExternalStore(updates.subscribe, updates.getSnapshot, idle);
}

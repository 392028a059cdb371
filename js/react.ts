import { useCallback, useInsertionEffect, useRef, useState, useSyncExternalStore } from "react";
import type { CheckoutUpdateErrorShape, Endpoint, Endpoints, IntentOf, Outcome, RunOptions } from "./types.js";
import type { SessionOf, Snapshot, Updates } from "./types.js";

type Intent<E extends Endpoints, N extends keyof E> = E[N] extends Endpoint<infer R> ? IntentOf<R> : never;

/** What `useUpdate` gives: the same object until something changes. */
export interface UpdateHook<E extends Endpoints, N extends keyof E & string, A> {
  /** As `updates.run`, with the updates, checkout and name of the last render. The same function in every render. */
  readonly run: (intent: Intent<E, N>, options?: RunOptions) => Promise<Outcome<SessionOf<A>>>;
  /** Whether an update of this hook, or with `match` one that has these values, has not settled. */
  readonly pending: boolean;
  /** The intent of the newest of them: what to draw while it is under way. */
  readonly wanted: Intent<E, N> | undefined;
  /** How this hook's last update failed; `null` before, while it runs, after a success, and where it was cancelled. */
  readonly failure: CheckoutUpdateErrorShape | null;
}

export interface UpdateHookOptions<E extends Endpoints, N extends keyof E & string> {
  /**
   * Lets `pending` and `wanted` follow every update of the endpoint that has these values, whoever began it: a row of a
   * list that is mounted again is busy while its update runs. Default: this hook's own updates.
   */
  match?: (E[N] extends Endpoint<infer R> ? Partial<IntentOf<R>> : never) | undefined;
}

type Given = [updates: Updates<any>, checkout: object | null | undefined, name: string, match: object | undefined];

/** Who is told when a hook's update has begun or settled, by the `updates` that it is of. */
const hooks = new WeakMap<object, Set<() => void>>();

function listen(updates: Updates<any>, listener: () => void): () => void {
  const all = hooks.get(updates) ?? new Set();
  hooks.set(updates, all.add(listener));
  return () => void all.delete(listener);
}

function tell(updates: Updates<any>): void {
  for (const listener of [...(hooks.get(updates) ?? [])]) listener();
}

/** Whether two intents say the same. */
function alike(one: object | undefined, other: object | undefined): boolean {
  const texts = [one, other].map((intent) => intent && JSON.stringify(Object.entries(intent).sort()));
  return texts[0] === texts[1];
}

/** What one hook shows. It outlives the component, so that an update which goes on after unmounting sets no state. */
function createStore(given: () => Given) {
  /** The intents of the hook's own updates that have not settled, oldest first. */
  const own = new Map<number, any>();
  let started = 0;
  let shownOf = 0;
  let failure: CheckoutUpdateErrorShape | null = null;

  async function run(intent: any, options?: RunOptions): Promise<Outcome<any>> {
    const [updates, checkout, name] = given();
    const id = ++started;
    own.set(id, intent);
    failure = null;
    try {
      // Without a checkout there is nothing to run on: the outcome is `unsupported`, and nothing is sent.
      const promise = updates.run(checkout ?? {}, name, intent, options);
      tell(updates);
      const outcome = await promise;
      // An update that was started earlier has no say in how a later one ended.
      if (outcome.type !== "cancelled" && id > shownOf) {
        shownOf = id;
        failure = outcome.type === "error" ? outcome.error : null;
      }
      return outcome;
    } finally {
      own.delete(id);
      tell(updates);
    }
  }

  const idle: UpdateHook<any, string, unknown> = { run, pending: false, wanted: undefined, failure };
  let shown = idle;
  return {
    idle: () => idle,
    look(updates: Updates<any>, name: string, match: object | undefined) {
      const pending = match ? updates.isPending(name, match) : own.size > 0;
      const wanted: any = match ? updates.wanted(name, match) : [...own.values()].at(-1);
      const isSame = wanted === shown.wanted || (match !== undefined && alike(wanted, shown.wanted));
      if (!isSame || pending !== shown.pending || failure !== shown.failure) shown = { run, pending, wanted, failure };
      return shown;
    },
  };
}

/**
 * Runs updates of one endpoint, and tells how this hook's own ones stand, or all that `match`. Unmounting ends none of
 * them: the customer did click.
 *
 * `checkout` is that of `useCheckoutElements()`; it may be `null` while it loads.
 */
export function useUpdate<E extends Endpoints, N extends keyof E & string, A extends object>(
  updates: Updates<E>,
  checkout: A | null | undefined,
  name: N,
  { match }: UpdateHookOptions<E, N> = {},
): UpdateHook<E, N, A> {
  const given = useRef<Given>([updates, checkout, name, match]);
  // Before any other effect, so that an effect which runs an update finds what belongs to its render.
  useInsertionEffect(() => {
    given.current = [updates, checkout, name, match];
  });
  const [store] = useState(() => createStore(() => given.current));
  const isWide = match !== undefined;
  const subscribe = useCallback(
    (listener: () => void) => {
      const ends = [listen(updates, listener)];
      // What no hook began is seen by what the updates themselves tell.
      if (isWide) ends.push(updates.subscribe(listener));
      return () => ends.forEach((end) => end());
    },
    [updates, isWide],
  );
  return useSyncExternalStore(subscribe, () => store.look(updates, name, match), store.idle);
}

const IDLE: Snapshot = { pending: false, stale: false };
const idle = (): Snapshot => IDLE;

/** Whether any update is pending, and whether the page may be showing totals that the server no longer has. */
export function useUpdatesState(updates: Pick<Updates, "subscribe" | "getSnapshot">): Snapshot {
  return useSyncExternalStore(updates.subscribe, updates.getSnapshot, idle);
}

import { useCallback, useEffect, useInsertionEffect, useRef, useState, useSyncExternalStore } from "react";
import type { CheckoutUpdateErrorShape, Endpoints, IntentFor, MatchFor, Outcome, PayOptions } from "./types.js";
import type { BodyFor, PayOutcome, RunOptions, SessionOf, Snapshot, Updates } from "./types.js";

/** The result of `useUpdate`: the same object until a value changes. */
export interface UpdateHook<E extends Endpoints, N extends keyof E & string, A> {
  /** Like `updates.run`, with the updates, checkout and name of the last render. The same function in every render. */
  readonly run: (intent: IntentFor<E, N>, options?: RunOptions) => Promise<Outcome<SessionOf<A>, BodyFor<E, N>>>;
  /** Whether an update of this hook has not settled; with `match`, one that has these values. */
  readonly pending: boolean;
  /** The intent of the newest of these updates. Draw it while it is under way. */
  readonly pendingIntent: IntentFor<E, N> | undefined;
  /**
   * How this hook's last update failed; `null` before, while it runs, after a success, and if it was cancelled. If it was
   * unclear whether the change was made, it becomes `null` when that is known.
   */
  readonly failure: CheckoutUpdateErrorShape | null;
  /** Sets `failure` to `null`. The same function in every render. */
  readonly dismiss: () => void;
}

export interface UpdateHookOptions<E extends Endpoints, N extends keyof E & string> {
  /**
   * Makes `pending` and `pendingIntent` follow every update of the endpoint with these values, even if another component
   * started it: a list row that is mounted again is busy while its update runs. Default: this hook's own updates.
   */
  match?: MatchFor<E, N> | undefined;
}

/** A payment that was not made, and why. */
export type Blocked<Session = unknown> = Extract<PayOutcome<never, Session>, { type: "blocked" }>;

/** The result of `usePay`: the same object until a value changes. */
export interface PayHook<A> {
  /**
   * Like `updates.pay`, with the updates and checkout of the last render. The same function in every render. While the
   * checkout is `null`, it is blocked as `stale`.
   */
  readonly pay: <T>(
    confirm: (checkout: A) => PromiseLike<T> | T,
    options?: PayOptions,
  ) => Promise<PayOutcome<T, SessionOf<A>>>;
  /** Whether a payment or a hold is under way: show that Pay is busy. */
  readonly paying: boolean;
  /** Why this hook's last payment was not made. Show `message`. `null` after `cancelled`, and when the reason is gone. */
  readonly blocked: Blocked<SessionOf<A>> | null;
}

type AnyUpdates = Updates<any>;
type Given = [updates: AnyUpdates, checkout: object | null | undefined, name: string];

/** Who is told when something of a hook has changed, by the `updates` that it is of. */
const hooks = new WeakMap<object, Set<() => void>>();

function listen(updates: AnyUpdates, listener: () => void): () => void {
  const all = hooks.get(updates) ?? new Set();
  hooks.set(updates, all.add(listener));
  return () => void all.delete(listener);
}

function tell(updates: AnyUpdates): void {
  for (const listener of [...(hooks.get(updates) ?? [])]) listener();
}

/** Whether two intents say the same. */
function alike(one: object | undefined, other: object | undefined): boolean {
  const texts = [one, other].map((intent) => intent && JSON.stringify(Object.entries(intent).sort()));
  return texts[0] === texts[1];
}

/** What one hook shows. It outlives the component, so that an update which goes on after unmounting sets no state. */
function createUpdateStore(given: () => Given) {
  /** The intents of the hook's own updates that have not settled, oldest first. */
  const own = new Map<number, any>();
  let started = 0;
  let shownOf = 0;
  let failure: CheckoutUpdateErrorShape | null = null;
  let wasStale = false;

  async function run(intent: any, options?: RunOptions): Promise<Outcome<any, any>> {
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
        wasStale = updates.isStale();
        const error = outcome.type === "error" ? outcome.error : null;
        // A change that was made and is shown already is no failure to a customer.
        failure = error?.applied === "yes" && !wasStale ? null : error;
      }
      return outcome;
    } finally {
      own.delete(id);
      tell(updates);
    }
  }

  function dismiss(): void {
    failure = null;
    tell(given()[0]);
  }

  const idle: UpdateHook<any, string, any> = { run, pending: false, pendingIntent: undefined, failure, dismiss };
  let shown = idle;
  return {
    idle: () => idle,
    /** What was in doubt is known when staleness ends. */
    changed(updates: AnyUpdates) {
      const isStale = updates.isStale();
      if (wasStale && !isStale && failure?.applied !== "no") failure = null;
      wasStale = isStale;
    },
    look(updates: AnyUpdates, name: string, match: object | undefined) {
      const pending = match ? updates.isPending(name, match as any) : own.size > 0;
      const intent: any = match ? updates.pendingIntent(name, match as any) : [...own.values()].pop();
      const isSame = intent === shown.pendingIntent || (match !== undefined && alike(intent, shown.pendingIntent));
      if (!isSame || pending !== shown.pending || failure !== shown.failure) {
        shown = { run, pending, pendingIntent: intent, failure, dismiss };
      }
      return shown;
    },
  };
}

const LOADING: Blocked = {
  type: "blocked",
  reason: "stale",
  message: "Your order is still being loaded. Please wait a moment.",
};

/** The same for payments. */
function createPayStore(given: () => Given) {
  let underWay = 0;
  let started = 0;
  let shownOf = 0;
  let blocked: Blocked<any> | null = null;

  async function pay(confirm: (checkout: any) => any, options?: PayOptions): Promise<PayOutcome<any, any>> {
    const [updates, checkout] = given();
    const id = ++started;
    underWay++;
    blocked = null;
    try {
      // First of all: `confirm` is called in the task of the press.
      const promise = checkout ? updates.pay(checkout, confirm, options) : LOADING;
      tell(updates);
      const outcome = await promise;
      if (id > shownOf && !(outcome.type === "blocked" && outcome.reason === "cancelled")) {
        shownOf = id;
        blocked = outcome.type === "blocked" ? outcome : null;
      }
      return outcome;
    } finally {
      underWay--;
      changed(updates);
      tell(updates);
    }
  }

  /** What stood in the way may be over. */
  function changed(updates: AnyUpdates): void {
    const { paying, stale } = updates.getSnapshot();
    if (blocked?.reason === "paying" && !paying && !underWay) blocked = null;
    if (blocked?.reason === "stale" && !stale) blocked = null;
  }

  const idle: PayHook<any> = { pay, paying: false, blocked };
  let shown = idle;
  return {
    idle: () => idle,
    changed,
    look(updates: AnyUpdates) {
      const paying = underWay > 0 || updates.getSnapshot().paying;
      if (paying !== shown.paying || blocked !== shown.blocked) shown = { pay, paying, blocked };
      return shown;
    },
  };
}

/** A store that knows what was rendered last, and the function that subscribes to it and to the updates. */
function useStore<S extends { changed(updates: AnyUpdates): void }>(create: (given: () => Given) => S, latest: Given) {
  const [updates] = latest;
  const given = useRef(latest);
  // Before any other effect, so that an effect which runs an update finds what belongs to its render.
  useInsertionEffect(() => {
    given.current = latest;
  });
  const [store] = useState(() => create(() => given.current));
  const subscribe = useCallback(
    (listener: () => void) => {
      const changed = () => {
        store.changed(updates);
        listener();
      };
      // Something may have ended while nobody listened.
      store.changed(updates);
      const ends = [listen(updates, listener), updates.subscribe(changed)];
      return () => ends.forEach((end) => end());
    },
    [store, updates],
  );
  return [store, subscribe] as const;
}

/**
 * Runs updates of one endpoint and returns the state of this hook's updates, or of all that `match`. Unmounting does not
 * cancel updates.
 *
 * `checkout` comes from `useCheckoutElements()`; it can be `null` while it loads.
 */
export function useUpdate<E extends Endpoints, N extends keyof E & string, A extends object>(
  updates: Updates<E>,
  checkout: A | null | undefined,
  name: N,
  { match }: UpdateHookOptions<E, N> = {},
): UpdateHook<E, N, A> {
  const [store, subscribe] = useStore(createUpdateStore, [updates, checkout, name]);
  return useSyncExternalStore(subscribe, () => store.look(updates, name, match), store.idle);
}

/**
 * Takes the payment as `updates.pay` does, and returns its state. Unmounting does not end a payment.
 *
 * `checkout` comes from `useCheckoutElements()`; it can be `null` while it loads.
 */
export function usePay<A extends object>(
  updates: Pick<Updates, "pay" | "subscribe" | "getSnapshot">,
  checkout: A | null | undefined,
): PayHook<A> {
  const all = updates as AnyUpdates;
  const [store, subscribe] = useStore(createPayStore, [all, checkout, ""]);
  return useSyncExternalStore(subscribe, () => store.look(all), store.idle);
}

const IDLE: Snapshot = { pending: false, stale: false, paying: false };
const idle = (): Snapshot => IDLE;

/**
 * Returns whether an update is pending, whether the page may show a total that differs from the server's, and whether a
 * payment is under way. With a checkout, it also handles a reload in the middle of an update.
 */
export function useUpdatesState(
  updates: Pick<Updates, "subscribe" | "getSnapshot" | "resume">,
  checkout?: object | null,
): Snapshot {
  // A checkout is another object in each render; its session is not.
  const session: unknown = checkout && ((checkout as { id?: unknown }).id ?? true);
  useEffect(() => {
    if (checkout) void updates.resume(checkout);
  }, [updates, session]);
  return useSyncExternalStore(updates.subscribe, updates.getSnapshot, idle);
}

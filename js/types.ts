import type {
  CheckoutUpdateErrorShape,
  FailureKind,
  Metrics,
  Outcome,
  PayOptions,
  PayOutcome,
  RefreshOutcome,
  SettledUpdate,
  Snapshot,
  UpdateFunction,
} from "../src/types.js";

export type * from "../src/types.js";

/** The rule of one field. Create it with `oneOf`, `identifier`, `integer`, `text`, `flag` or `address`. */
export interface Rule<T, Optional extends boolean = false> {
  /** Returns the same rule for a field that can be left out. */
  optional(): Rule<T, true>;
  /** For the compiler only: the type of the field. */
  readonly $type?: [T, Optional];
}

/** A shipping address, as the customer enters it. Each text has 1 to 255 characters. */
export interface Address {
  name: string;
  address: {
    line1: string;
    line2?: string | undefined;
    city?: string | undefined;
    state?: string | undefined;
    postal_code?: string | undefined;
    /** Two letters, such as `DE`. */
    country: string;
  };
}

/** The rules of an intent's fields, by name: at most 16. */
export type Rules = Record<string, Rule<unknown, boolean>>;

type ValueOf<R> = R extends Rule<infer T, boolean> ? T : never;
type OptionalKeys<R extends Rules> = { [K in keyof R]: R[K] extends Rule<unknown, true> ? K : never }[keyof R];

/** The record that fits the rules: a missing or an extra field or a wrong literal does not compile. */
export type IntentOf<R extends Rules> = [keyof R] extends [never]
  ? Record<string, never>
  : Flat<
      { [K in Exclude<keyof R, OptionalKeys<R>>]: ValueOf<R[K]> } & {
        [K in OptionalKeys<R>]?: ValueOf<R[K]> | undefined;
      }
    >;

/** One record: editors would show an intersection of two. */
type Flat<T> = T extends infer All ? { [K in keyof All]: All[K] } : never;

/** The intent of the endpoint with this name. */
export type IntentFor<E extends Endpoints, N extends keyof E> = E[N] extends Endpoint<infer R> ? IntentOf<R> : never;

/** Values that select updates of the endpoint with this name. Addresses are not compared. */
export type MatchFor<E extends Endpoints, N extends keyof E> =
  E[N] extends Endpoint<infer R>
    ? Flat<{ -readonly [K in keyof R as ValueOf<R[K]> extends Address ? never : K]?: ValueOf<R[K]> | undefined }>
    : never;

/** The answer of the endpoint with this name, as declared by `endpoint(…).body<…>()`. */
export type BodyFor<E extends Endpoints, N extends keyof E> = E[N] extends Endpoint<any, infer B> ? B : unknown;

/** Options for the updates of one endpoint. They override those of `createUpdates`. */
export interface EndpointOptions<Field extends string = string> {
  /** A new update replaces a waiting one with equal values of these fields. `true`: for an endpoint with one field. */
  latest?: boolean | readonly Field[] | undefined;
  /** Whether an update that equals the last one in the queue shares its outcome. Default: `true`. */
  dedupe?: boolean | undefined;
  /** Whether to send an `Idempotency-Key`. Default: `true`. Use `false` if another origin does not allow the header. */
  idempotencyKey?: boolean | undefined;
  /** How often to repeat a request that is safe to repeat: 0 to 5. Default: 0. */
  retries?: number | undefined;
  /** The time limit of one attempt without an answer, in milliseconds. Default: only the deadline. */
  attemptTimeoutMs?: number | undefined;
  /** The deadline of this endpoint's updates in milliseconds, 1 to 20 000. Default: the deadline of `createUpdates`. */
  timeoutMs?: number | undefined;
  /** Use `"include"` to send cookies to another origin. Default there: `"omit"`; for your own: `"same-origin"`. */
  credentials?: "omit" | "same-origin" | "include" | undefined;
  /** Whether to send the CSRF header. Default: `false` for another origin, `true` for your own. */
  csrf?: boolean | undefined;
}

/** A server URL for one customer interaction, with the rules of its intent. Create it with `endpoint`. */
export interface Endpoint<R extends Rules = Rules, Body = unknown> {
  readonly url: string;
  readonly rules: R;
  readonly options: Readonly<EndpointOptions>;
  /**
   * Returns the same endpoint with the type of its answer, which is the type of `outcome.body` after `run`. This is for
   * the compiler only: the answer is not checked.
   */
  body<T>(): Endpoint<R, T>;
  /** For the compiler only: the type of the answer. */
  readonly $body?: Body;
}

/** The endpoints of a page, by the names that you pass to `run` and `request`. */
export type Endpoints = Record<string, Endpoint<any, any>>;

/** The object of Stripe.js that has `runServerUpdate`. Versions 5.10 to 10 work. */
export interface StripeActions {
  runServerUpdate?: ((update: () => Promise<unknown>) => Promise<unknown>) | undefined;
}

/** The session that this Stripe.js reports. */
export type SessionOf<A> = A extends { getSession: () => infer S }
  ? S
  : A extends { session: () => infer S }
    ? S
    : A extends { runServerUpdate: (...given: any[]) => Promise<infer R> }
      ? Extract<R, { type: "success" }> extends { session: infer S }
        ? S
        : unknown
      : unknown;

/** Options of one call of `run`. */
export interface RunOptions {
  /** Cancels this call: its outcome is `cancelled`. The update goes on if another call waits for it. */
  signal?: AbortSignal | undefined;
  /** The session ID, instead of the `session` option. */
  session?: string | undefined;
}

/** The options of `createUpdates`, which throws a `TypeError` that names a wrong option. */
export interface UpdatesOptions<E extends Endpoints> {
  endpoints: E;
  /** Returns the Checkout Session's ID, `cs_test_…` or `cs_live_…`. Called by each update function and each `run`. */
  session?: (() => string) | undefined;
  /** The name of the session ID's field in the body. Default: `checkout_session_id`. */
  sessionField?: string | undefined;
  /** The deadline of an update in milliseconds, 1 to 20 000. Default: 19 500. */
  timeoutMs?: number | undefined;
  /** Other origins that endpoints can use, such as `https://api.example.com`. */
  allowedOrigins?: readonly string[] | undefined;
  /** The header and the CSRF token that Rails, Django or Laravel require. `token` is called once for each update. */
  csrf?: { header: string; token: () => string | Promise<string> } | undefined;
  /** Replaces `message`, by kind or by a function of the failure. A server's own refusal takes precedence. */
  messages?:
    Partial<Record<FailureKind, string>> | ((failure: CheckoutUpdateErrorShape) => string | undefined) | undefined;
  /** Called for every failure except `cancelled`. */
  onFailure?: ((failure: CheckoutUpdateErrorShape) => void) | undefined;
  /** Called for every update that settles, including successes. Use it for your own measurements. */
  onSettled?: ((record: SettledUpdate) => void) | undefined;
  /** Replaces the global `fetch`, for example with that of a firewall or of instrumentation. */
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
}

/** `dispose` as `Symbol.dispose`, if the compiler's library declares that symbol. */
export type DisposedBySymbol = SymbolConstructor extends { readonly dispose: infer S extends symbol }
  ? { [K in S]: () => void }
  : object;

/** The result of `createUpdates`: a plain object with own functions, none of which uses `this`. */
export interface Updates<E extends Endpoints = Endpoints> extends DisposedBySymbol {
  /**
   * Returns a function for `runServerUpdate`. The intent is read now, and the session ID when the function is called.
   * The function resolves to a copy of the answer: a `Response` with the same status, headers, URL and body. It is a
   * copy because the package has already read the body.
   */
  request<N extends keyof E & string>(name: N, intent: IntentFor<E, N>): UpdateFunction<Response>;
  /** Adds the package's deadline and records to a request function that you already have. */
  wrap<T>(name: string, fn: (signal: AbortSignal) => PromiseLike<T> | T): UpdateFunction<T>;
  /**
   * Waits for its turn, runs the update, refreshes the session if in doubt, and resolves to one outcome. After
   * `cancelled`, show nothing. Rejects only for an undeclared name.
   */
  run<A extends object, N extends keyof E & string>(
    actions: A,
    name: N,
    intent: IntentFor<E, N>,
    options?: RunOptions,
  ): Promise<Outcome<SessionOf<A>, BodyFor<E, N>>>;
  run<A extends object, T>(actions: A, update: UpdateFunction<T>, options?: RunOptions): Promise<Outcome<SessionOf<A>>>;
  /** Makes Stripe.js fetch the session again. Never rejects. */
  refresh<A extends object>(actions: A): Promise<RefreshOutcome<SessionOf<A>>>;
  /**
   * Calls `confirm(actions)` once, when the page shows the server's state. If nothing is under way, it does so in the
   * same task; otherwise it waits. If the total or an item has changed by then, nothing is paid and the outcome is
   * `blocked`. No update starts until `confirm` has ended. Rejects only if `confirm` rejects or throws.
   */
  pay<A extends object, T>(
    actions: A,
    confirm: (actions: A) => PromiseLike<T> | T,
    options?: PayOptions,
  ): Promise<PayOutcome<T, SessionOf<A>>>;
  /**
   * Keeps updates from starting while a wallet's sheet is open. Returns the function that ends the hold, or `null` if
   * something is pending, stale, held or being paid. A call of `pay` takes the hold over.
   */
  hold(): (() => void) | null;
  /**
   * Handles a reload in the middle of an update. If a change of this session was under way, the page becomes stale and
   * the session is fetched again. Resolves when that is done, or at once if there was no such change.
   */
  resume(actions: object): Promise<{ stale: boolean }>;
  /** Cancels the waiting updates, of this name or all. */
  cancel(name?: (keyof E & string) | UpdateFunction<any>): void;
  /** Aborts everything and removes the listeners. You can use the object again afterwards. */
  dispose(): void;
  /**
   * Returns the intent of this endpoint's newest update that has not settled and has these values. Draw it meanwhile. A
   * function of `wrap` has no intent. Throws a `TypeError` for a name that is neither declared nor wrapped.
   */
  pendingIntent<N extends keyof E & string>(name: N, match?: MatchFor<E, N>): IntentFor<E, N> | undefined;
  pendingIntent(update: UpdateFunction<any>): undefined;
  /**
   * Returns whether an update has not settled: of this name (with these values), or of any name. You can pass a
   * function of `wrap` instead of its name. Throws a `TypeError` for a name that is neither declared nor wrapped.
   */
  isPending<N extends keyof E & string>(name?: N, match?: MatchFor<E, N>): boolean;
  isPending(update: UpdateFunction<any>): boolean;
  /** Returns whether the page may show a total that differs from the server's. */
  isStale(): boolean;
  /** Resolves when no update is pending. */
  settled(): Promise<{ stale: boolean }>;
  /** Calls the listener after each change of the snapshot. Returns a function that unsubscribes. */
  subscribe(listener: () => void): () => void;
  /** Returns the same object until a value changes. */
  getSnapshot(): Snapshot;
  /** Returns the counts and the last failures. */
  metrics(): Metrics;
  /** Sends new counts by `sendBeacon` whenever the page is hidden. Returns the function that ends this. */
  reportTo(url: string, options?: { sampleRate?: number | undefined }): () => void;
  /** Resolves when the engine is loaded. You need not handle its rejection. */
  readonly ready: Promise<void>;
}

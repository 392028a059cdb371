/** What happened, as one word. `docs/failures.md` says when each arises and what to show. */
export type FailureKind =
  | "invalid_intent"
  | "invalid_session"
  | "unsupported"
  | "unavailable"
  | "session_closed"
  | "busy"
  | "paying"
  | "callback_failed"
  | "cancelled"
  | "timeout"
  | "network"
  | "refused"
  | "rate_limited"
  | "server_error"
  | "bad_response"
  | "stripe_error"
  | "refresh_failed"
  | "internal";

/** Did the server make the change? */
export type Applied = "no" | "yes" | "unknown";

/** Why an update was cancelled: because of something the page or the customer did. No reason is to be shown. */
export type CancelReason = "superseded" | "cancelled" | "signal" | "disposed" | "left";

/** What is recorded when an update does not succeed. It holds no session id, no intent value and no URL. */
export interface Failure {
  readonly kind: FailureKind;
  readonly applied: Applied;
  /** The endpoint's name, as declared. */
  readonly endpoint: string;
  /** The HTTP status of the last answer, if there was one. */
  readonly status: number | null;
  /** Whole milliseconds from the call of the function (or of `run`, if it was never called). */
  readonly durationMs: number;
  /** HTTP requests that were sent. */
  readonly attempts: number;
  /** From the answer's `request-id` header, else `x-request-id`. */
  readonly requestId: string | null;
  /** The server's reason for the page's program, such as `out_of_stock`: the answer's `code`, if it has one. */
  readonly code: string | null;
  /** Can be shown to a customer, except after `cancelled`, which is not to be shown. */
  readonly message: string;
  /** For the page's author: which field, which rule, which file to serve. */
  readonly detail: string | null;
  /** For `invalid_intent`: the field. */
  readonly field: string | null;
  /** For `cancelled`: why. */
  readonly reason: CancelReason | null;
}

/** The rule of one field. Made by `oneOf`, `identifier`, `integer`, `text`, `flag` and `address`. */
export interface Rule<T, Optional extends boolean = false> {
  /** The same rule for a field that may be left out. */
  optional(): Rule<T, true>;
  /** For the compiler only: what the field holds. */
  readonly $type?: [T, Optional];
}

/** What a customer enters to have goods sent there. Each text has 1 to 255 characters. */
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

/** The rules of an intent's fields, by name. At most 16. */
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

/** One record where editors would show two. */
type Flat<T> = T extends infer All ? { [K in keyof All]: All[K] } : never;

/** The intent of the endpoint with this name. */
export type IntentFor<E extends Endpoints, N extends keyof E> = E[N] extends Endpoint<infer R> ? IntentOf<R> : never;

/** Values by which updates of the endpoint with this name are picked; an address is not compared. */
export type MatchFor<E extends Endpoints, N extends keyof E> =
  E[N] extends Endpoint<infer R>
    ? Flat<{ -readonly [K in keyof R as ValueOf<R[K]> extends Address ? never : K]?: ValueOf<R[K]> | undefined }>
    : never;

/** What the endpoint with this name answers, as `endpoint(…).body<…>()` says. */
export type BodyFor<E extends Endpoints, N extends keyof E> = E[N] extends Endpoint<any, infer B> ? B : unknown;

/** How updates of one endpoint are sent, where it is not as `createUpdates` says. */
export interface EndpointOptions<Field extends string = string> {
  /** A waiting update with the same values of these fields is superseded; `true` for an endpoint with one field. */
  latest?: boolean | readonly Field[] | undefined;
  /** Whether an update equal to the last in the queue shares its outcome. Default `true`. */
  dedupe?: boolean | undefined;
  /** Whether an `Idempotency-Key` is sent. Default `true`; `false` for another origin that does not allow the header. */
  idempotencyKey?: boolean | undefined;
  /** How often a request that may be repeated is repeated: 0 to 5. Default 0. */
  retries?: number | undefined;
  /** Gives one silent attempt up after this many milliseconds. Default: none but the deadline. */
  attemptTimeoutMs?: number | undefined;
  /** The deadline of this endpoint's updates in milliseconds, 1 to 20 000. Default: that of `createUpdates`. */
  timeoutMs?: number | undefined;
  /** For another origin: `"include"` sends cookies there. Default `"omit"` there, `"same-origin"` here. */
  credentials?: "omit" | "same-origin" | "include" | undefined;
  /** For another origin: whether the CSRF header is sent there. Default `false` there, `true` here. */
  csrf?: boolean | undefined;
}

/** A server URL for one specific customer interaction, with the rules of its intent. Made by `endpoint`. */
export interface Endpoint<R extends Rules = Rules, Body = unknown> {
  readonly url: string;
  readonly rules: R;
  readonly options: Readonly<EndpointOptions>;
  /**
   * The same endpoint, with the type of what its server answers: `outcome.body` has it after `run`. For the compiler
   * only: nothing looks whether the server keeps to it.
   */
  body<T>(): Endpoint<R, T>;
  /** For the compiler only: what its server answers. */
  readonly $body?: Body;
}

/** The endpoints of a page, by the names that `run` and `request` take. */
export type Endpoints = Record<string, Endpoint<any, any>>;

/** What Stripe.js hands out: the object that has `runServerUpdate`. All versions from 5.10 to 10 fit. */
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

/** A zero-argument function for `runServerUpdate`. It has own fields only and does not use `this`. */
export interface UpdateFunction<T = Response> {
  (): Promise<T>;
  /** How its last call failed; `null` before, while it runs, and after a success. It stays: see `isStale` for doubt. */
  readonly failure: CheckoutUpdateErrorShape | null;
}

/** The error object: a failure that is an `Error`, with `cause`. */
export interface CheckoutUpdateErrorShape extends Error, Failure {
  readonly name: "CheckoutUpdateError";
  readonly message: string;
  readonly cause?: unknown;
}

/**
 * How an update ended: what `run` resolves to. Show `error.message` after `error`. After `cancelled` show nothing: a later
 * choice replaced this one, or the page or the customer ended it.
 */
export type Outcome<Session = unknown, Body = unknown> =
  | { readonly type: "success"; readonly session: Session; readonly body: Body }
  | { readonly type: "error"; readonly error: CheckoutUpdateErrorShape; readonly session?: Session }
  | { readonly type: "cancelled"; readonly error: CheckoutUpdateErrorShape };

/** How a refresh ended: Stripe.js fetched the session again, or it did not. */
export type RefreshOutcome<Session = unknown> =
  | { readonly type: "success"; readonly session: Session }
  | { readonly type: "error"; readonly error: CheckoutUpdateErrorShape };

/** What one call of `run` takes beside its intent. */
export interface RunOptions {
  /** Detaches this caller: it is `cancelled`, and the update goes on while somebody else waits for it. */
  signal?: AbortSignal | undefined;
  /** The session id, in place of the `session` option. */
  session?: string | undefined;
}

/** What `pay` takes beside what it calls. */
export interface PayOptions {
  /** Ends the waiting: the payment is blocked as `cancelled`. Once `confirm` was called it ends nothing. */
  signal?: AbortSignal | undefined;
}

/**
 * Why a payment was not made: `cancelled` by its signal or `dispose`; `paying`, another payment is under way; `closed`, the
 * session is not open; `stale`, the page may show a total that is not the server's; `failed`, a change that was under way
 * was not made; `changed`, the total or an item differs from what the customer saw.
 */
export type BlockReason = "cancelled" | "paying" | "closed" | "stale" | "failed" | "changed";

/** How `pay` ended: `result` is what `confirm` gave, errors of Stripe.js included. */
export type PayOutcome<Result = unknown, Session = unknown> =
  | { readonly type: "confirmed"; readonly result: Result }
  | {
      readonly type: "blocked";
      readonly reason: BlockReason;
      /** Can be shown to a customer, except after `cancelled`. */
      readonly message: string;
      /** After `changed`: what the session has now, to be shown before the customer presses again. */
      readonly session?: Session;
    };

/** What was counted of one endpoint since the page was loaded. */
export interface EndpointMetrics {
  readonly updates: number;
  readonly successes: number;
  /** How many failed, by kind. A kind that never arose is not there. */
  readonly failures: Readonly<Partial<Record<FailureKind, number>>>;
  readonly retries: number;
  /** Answers that came after the deadline and were still taken. */
  readonly late: number;
  readonly joined: number;
  readonly superseded: number;
  /** Of the last 100 durations, in milliseconds; `null` before the first. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
}

/** What was counted of payments since the page was loaded. */
export interface PaymentMetrics {
  readonly confirmed: number;
  /** How many were blocked, by reason. A reason that never arose is not there. */
  readonly blocked: Readonly<Partial<Record<BlockReason, number>>>;
}

/** What `updates.metrics()` gives. */
export interface Metrics {
  /** By the name of the endpoint or of the wrapped function. */
  readonly endpoints: Readonly<Record<string, EndpointMetrics>>;
  readonly payments: PaymentMetrics;
  /** The last 50, oldest first, without words that a server or the page's author wrote. */
  readonly failures: readonly Omit<Failure, "message" | "detail">[];
}

/** What `getSnapshot` gives: the same object until something changes. */
export interface Snapshot {
  readonly pending: boolean;
  readonly stale: boolean;
  /** Whether a payment or a hold is under way: no update starts meanwhile. */
  readonly paying: boolean;
}

/** What `createUpdates` takes. A wrong option throws `TypeError`, which names the key. */
export interface UpdatesOptions<E extends Endpoints> {
  endpoints: E;
  /** Gives the Checkout Session's id, `cs_test_…` or `cs_live_…`. Read when an update function or `run` is called. */
  session?: (() => string) | undefined;
  /** The name of the session id's field in the body. Default `checkout_session_id`. */
  sessionField?: string | undefined;
  /** The deadline of an update in milliseconds, 1 to 20 000. Default 19 500. */
  timeoutMs?: number | undefined;
  /** Other origins that endpoints may name, such as `https://api.example.com`. */
  allowedOrigins?: readonly string[] | undefined;
  /** The token that Rails, Django or Laravel want to see in a header. Read once for each update. */
  csrf?: { header: string; token: () => string | Promise<string> } | undefined;
  /** Replaces the text of `message`, by kind or as a function of the failure. The words of a server that said no go first. */
  messages?:
    Partial<Record<FailureKind, string>> | ((failure: CheckoutUpdateErrorShape) => string | undefined) | undefined;
  /** Called for every failure but `cancelled`. */
  onFailure?: ((failure: CheckoutUpdateErrorShape) => void) | undefined;
  /** Called for every update that settled, success included, for whatever the page measures with. */
  onSettled?: ((record: SettledUpdate) => void) | undefined;
  /** Used in place of the global `fetch`, for pages whose firewall or instrumentation has its own. */
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
}

/** How an update settled. It holds no session id, no value of an intent and no URL. */
export interface SettledUpdate {
  readonly endpoint: string;
  readonly outcome: "success" | "error" | "cancelled";
  /** What happened where it did not succeed. */
  readonly kind: FailureKind | null;
  readonly applied: Applied;
  /** Milliseconds of waiting for a turn. */
  readonly waitedMs: number;
  /** Milliseconds that the function took. */
  readonly durationMs: number;
  readonly attempts: number;
  readonly requestId: string | null;
}

/** `dispose` by its well-known symbol, where the compiler has a library that declares it. */
export type DisposedBySymbol = SymbolConstructor extends { readonly dispose: infer S extends symbol }
  ? { [K in S]: () => void }
  : object;

/** What `createUpdates` gives: a plain object with own functions, none of which uses `this`. */
export interface Updates<E extends Endpoints = Endpoints> extends DisposedBySymbol {
  /**
   * A function for `runServerUpdate`. The intent is read now, the session id when the function is called. It resolves to
   * the answer: another `Response` with the same status, headers, URL and body, since the body was read here.
   */
  request<N extends keyof E & string>(name: N, intent: IntentFor<E, N>): UpdateFunction<Response>;
  /** Gives a request function that the page already has the same deadline and record. */
  wrap<T>(name: string, fn: (signal: AbortSignal) => PromiseLike<T> | T): UpdateFunction<T>;
  /**
   * Waits for its turn, runs, refreshes where in doubt, and gives one answer. Rejects for an undeclared name only. Of an
   * outcome `cancelled` nothing is to be shown.
   */
  run<A extends object, N extends keyof E & string>(
    actions: A,
    name: N,
    intent: IntentFor<E, N>,
    options?: RunOptions,
  ): Promise<Outcome<SessionOf<A>, BodyFor<E, N>>>;
  run<A extends object, T>(actions: A, update: UpdateFunction<T>, options?: RunOptions): Promise<Outcome<SessionOf<A>>>;
  /** Lets Stripe.js fetch the session again. Never rejects. */
  refresh<A extends object>(actions: A): Promise<RefreshOutcome<SessionOf<A>>>;
  /**
   * Calls `confirm(actions)` once, when the page shows what the server has: in the same task if nothing is under way, else
   * after it has ended. Nothing is paid, and the outcome is `blocked`, if what the customer saw has changed by then. Until
   * `confirm` has ended no update starts. Rejects only as `confirm` rejects or throws.
   */
  pay<A extends object, T>(
    actions: A,
    confirm: (actions: A) => PromiseLike<T> | T,
    options?: PayOptions,
  ): Promise<PayOutcome<T, SessionOf<A>>>;
  /**
   * Holds updates back while a wallet's sheet is open; gives the function that ends this. `null`, at once, if something is
   * pending, stale, held or being paid. A `pay` takes the hold over.
   */
  hold(): (() => void) | null;
  /**
   * Takes up what was under way before a reload: if a change of this session was, the page is stale from now on, and is
   * refreshed. Resolves when that is over, at once if there is nothing to take up.
   */
  resume(actions: object): Promise<{ stale: boolean }>;
  /** Drops what is waiting, of this name or of all. */
  cancel(name?: (keyof E & string) | UpdateFunction<any>): void;
  /** Aborts everything and lets go of listeners. A later call starts afresh. */
  dispose(): void;
  /**
   * The intent of the newest update of this endpoint that has not settled, and has these values: what to draw meanwhile.
   * A function of `wrap` has none. Throws `TypeError` for a name that is neither declared nor wrapped.
   */
  pendingIntent<N extends keyof E & string>(name: N, match?: MatchFor<E, N>): IntentFor<E, N> | undefined;
  pendingIntent(update: UpdateFunction<any>): undefined;
  /**
   * Whether an update, of this name (with these values) or of any, has not settled. A function of `wrap` stands for its
   * name. Throws `TypeError` for a name that is neither declared nor wrapped.
   */
  isPending<N extends keyof E & string>(name?: N, match?: MatchFor<E, N>): boolean;
  isPending(update: UpdateFunction<any>): boolean;
  /** Whether the page may be showing totals that the server no longer has. */
  isStale(): boolean;
  /** Resolves when nothing is pending. */
  settled(): Promise<{ stale: boolean }>;
  /** Calls the listener after each change of the snapshot; gives the function that ends this. */
  subscribe(listener: () => void): () => void;
  /** The same object until something changes. */
  getSnapshot(): Snapshot;
  metrics(): Metrics;
  /** Sends what is new by `sendBeacon` whenever the page is hidden; gives the function that ends this. */
  reportTo(url: string, options?: { sampleRate?: number | undefined }): () => void;
  /** Resolves when the engine is loaded. Nobody has to handle its rejection. */
  readonly ready: Promise<void>;
}

// The records that a page gets, for both ways to use this: the crate's generated types and those of the npm package.

/** The kind of a failure. `docs/failures.md` lists when each kind occurs and what to show. */
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

/** Whether the server made the change. */
export type Applied = "no" | "yes" | "unknown";

/** Why the page or the customer cancelled an update. Do not show it to the customer. */
export type CancelReason = "superseded" | "cancelled" | "signal" | "disposed" | "left";

/** The record of an update that did not succeed. It contains no session ID, no intent value and no URL. */
export interface Failure {
  readonly kind: FailureKind;
  readonly applied: Applied;
  /** The endpoint's name, as declared. */
  readonly endpoint: string;
  /** The HTTP status of the last answer, if there was one. */
  readonly status: number | null;
  /** Whole milliseconds since the function was called, or since `run` was called if the function never was. */
  readonly durationMs: number;
  /** The number of HTTP requests that were sent. */
  readonly attempts: number;
  /** The answer's `request-id` header, or else its `x-request-id` header. */
  readonly requestId: string | null;
  /** The answer's `code`, if it has one: the server's reason for your code, such as `out_of_stock`. */
  readonly code: string | null;
  /** A message for the customer. Do not show it after `cancelled`. */
  readonly message: string;
  /** A message for the page's author: the field, the rule, or the file to serve. */
  readonly detail: string | null;
  /** The field, for `invalid_intent`. */
  readonly field: string | null;
  /** The reason, for `cancelled`. */
  readonly reason: CancelReason | null;
}

/** A function without arguments for `runServerUpdate`. It has only own fields and does not use `this`. */
export interface UpdateFunction<T = Response> {
  (): Promise<T>;
  /**
   * How the last call failed; `null` before the first call, while it runs, and after a success. It does not change when a
   * doubt ends: use `isStale` for that.
   */
  readonly failure: CheckoutUpdateErrorShape | null;
}

/** A failure as an `Error`, with `cause`. */
export interface CheckoutUpdateErrorShape extends Error, Failure {
  readonly name: "CheckoutUpdateError";
  readonly message: string;
  readonly cause?: unknown;
}

/**
 * How an update ended: the result of `run`. After `error`, show `error.message`. After `cancelled`, show nothing: a later
 * choice replaced this one, or the page or the customer cancelled it.
 */
export type Outcome<Session = unknown, Body = unknown> =
  | { readonly type: "success"; readonly session: Session; readonly body: Body }
  | { readonly type: "error"; readonly error: CheckoutUpdateErrorShape; readonly session?: Session }
  | { readonly type: "cancelled"; readonly error: CheckoutUpdateErrorShape };

/** How a refresh ended: whether Stripe.js fetched the session again. */
export type RefreshOutcome<Session = unknown> =
  | { readonly type: "success"; readonly session: Session }
  | { readonly type: "error"; readonly error: CheckoutUpdateErrorShape };

/** Options of one call of `pay`. */
export interface PayOptions {
  /** Stops waiting: the payment is blocked as `cancelled`. It has no effect once `confirm` has been called. */
  signal?: AbortSignal | undefined;
}

/**
 * Why a payment was not made:
 * - `cancelled`: its signal or `dispose` cancelled it.
 * - `paying`: another payment is under way.
 * - `closed`: the session is not open.
 * - `stale`: the page may show a total that differs from the server's.
 * - `failed`: a pending change was not made.
 * - `changed`: the total or an item differs from what the customer saw.
 */
export type BlockReason = "cancelled" | "paying" | "closed" | "stale" | "failed" | "changed";

/** How `pay` ended. `result` is the result of `confirm`, including errors of Stripe.js. */
export type PayOutcome<Result = unknown, Session = unknown> =
  | { readonly type: "confirmed"; readonly result: Result }
  | {
      readonly type: "blocked";
      readonly reason: BlockReason;
      /** A message for the customer. Do not show it after `cancelled`. */
      readonly message: string;
      /** After `changed`: the session as it is now. Show it before the customer presses again. */
      readonly session?: Session;
    };

/** The counts of one endpoint since the page was loaded. */
export interface EndpointMetrics {
  readonly updates: number;
  readonly successes: number;
  /** The number of failures by kind. Kinds that did not occur are missing. */
  readonly failures: Readonly<Partial<Record<FailureKind, number>>>;
  readonly retries: number;
  /** Answers that came after the deadline and were still used. */
  readonly late: number;
  readonly joined: number;
  readonly superseded: number;
  /** The median of the last 100 durations, in milliseconds; `null` before the first. */
  readonly p50: number | null;
  /** The 95th percentile of the last 100 durations, in milliseconds. */
  readonly p95: number | null;
  /** The longest of the last 100 durations, in milliseconds. */
  readonly max: number | null;
}

/** The counts of payments since the page was loaded. */
export interface PaymentMetrics {
  readonly confirmed: number;
  /** The number of blocked payments by reason. Reasons that did not occur are missing. */
  readonly blocked: Readonly<Partial<Record<BlockReason, number>>>;
}

/** The result of `updates.metrics()`. */
export interface Metrics {
  /** The counts by the name of the endpoint or of the wrapped function. */
  readonly endpoints: Readonly<Record<string, EndpointMetrics>>;
  readonly payments: PaymentMetrics;
  /** The last 50 failures, oldest first, without texts that a server or the page's author wrote. */
  readonly failures: readonly Omit<Failure, "message" | "detail">[];
}

/** The result of `getSnapshot`: the same object until a value changes. */
export interface Snapshot {
  readonly pending: boolean;
  readonly stale: boolean;
  /** Whether a payment or a hold is under way. No update starts meanwhile. */
  readonly paying: boolean;
}

/** How an update settled. It contains no session ID, no intent value and no URL. */
export interface SettledUpdate {
  readonly endpoint: string;
  readonly outcome: "success" | "error" | "cancelled";
  /** The kind of failure; `null` after a success. */
  readonly kind: FailureKind | null;
  readonly applied: Applied;
  /** The time that it waited for its turn, in milliseconds. */
  readonly waitedMs: number;
  /** The time that its function took, in milliseconds. */
  readonly durationMs: number;
  readonly attempts: number;
  readonly requestId: string | null;
}

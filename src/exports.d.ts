/** What an endpoint declares. `checkout-updates` on npm has functions that make it, and types for each intent. */
export interface EndpointDeclaration {
  readonly url: string;
  /** By the name of the field; at most 16. */
  readonly rules: Readonly<Record<string, RuleDeclaration>>;
  readonly options?: {
    /** A waiting update with the same values of these fields is superseded; `true` for an endpoint with one field. */
    latest?: boolean | readonly string[];
    dedupe?: boolean;
    idempotencyKey?: boolean;
    retries?: number;
    attemptTimeoutMs?: number;
    timeoutMs?: number;
    credentials?: "omit" | "same-origin" | "include";
    csrf?: boolean;
  };
}

export type RuleDeclaration = { readonly isOptional?: boolean } & (
  | { readonly kind: "oneOf"; readonly values: readonly string[] }
  | { readonly kind: "identifier"; readonly prefix?: string }
  | { readonly kind: "integer"; readonly min: number; readonly max: number }
  | { readonly kind: "text"; readonly max: number }
  | { readonly kind: "flag" }
  | { readonly kind: "address" }
);

export interface UpdatesOptions {
  endpoints: Readonly<Record<string, EndpointDeclaration>>;
  session?: () => string;
  sessionField?: string;
  timeoutMs?: number;
  allowedOrigins?: readonly string[];
  csrf?: { header: string; token: () => string | Promise<string> };
  messages?: Readonly<Record<string, string>> | ((failure: CheckoutUpdateError) => string | undefined);
  onFailure?: (failure: CheckoutUpdateError) => void;
  onSettled?: (settled: SettledUpdate) => void;
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** What the customer chose, by field. */
export type Intent = Readonly<Record<string, unknown>>;

export interface CallOptions {
  signal?: AbortSignal;
  session?: string;
}

export interface Failure {
  readonly kind: string;
  readonly applied: "no" | "yes" | "unknown";
  readonly endpoint: string;
  readonly status: number | null;
  readonly code: string | null;
  readonly durationMs: number;
  readonly attempts: number;
  readonly requestId: string | null;
  readonly field: string | null;
  readonly reason: string | null;
}

export interface CheckoutUpdateError extends Error, Failure {
  readonly name: "CheckoutUpdateError";
  /** Can be shown to a customer. */
  readonly message: string;
  /** For the page's author. */
  readonly detail: string | null;
}

export interface UpdateFunction {
  (): Promise<unknown>;
  readonly failure: CheckoutUpdateError | null;
}

export type Outcome =
  | { readonly type: "success"; readonly session: unknown; readonly body: unknown }
  | { readonly type: "error"; readonly error: CheckoutUpdateError; readonly session?: unknown }
  | { readonly type: "cancelled"; readonly error: CheckoutUpdateError };

export type RefreshOutcome =
  | { readonly type: "success"; readonly session: unknown }
  | { readonly type: "error"; readonly error: CheckoutUpdateError };

export type PayOutcome =
  | { readonly type: "confirmed"; readonly result: unknown }
  | {
      readonly type: "blocked";
      readonly reason: "cancelled" | "paying" | "closed" | "stale" | "failed" | "changed";
      /** Can be shown to a customer. */
      readonly message: string;
      readonly session?: unknown;
    };

export interface Snapshot {
  readonly pending: boolean;
  readonly stale: boolean;
  readonly paying: boolean;
}

export interface SettledUpdate {
  readonly endpoint: string;
  readonly outcome: "success" | "error" | "cancelled";
  readonly kind: string | null;
  readonly applied: "no" | "yes" | "unknown";
  readonly waitedMs: number;
  readonly durationMs: number;
  readonly attempts: number;
  readonly requestId: string | null;
}

export interface EndpointMetrics {
  readonly updates: number;
  readonly successes: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly retries: number;
  readonly late: number;
  readonly joined: number;
  readonly superseded: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
}

export interface Metrics {
  readonly endpoints: Readonly<Record<string, EndpointMetrics>>;
  readonly payments: { readonly confirmed: number; readonly blocked: Readonly<Record<string, number>> };
  readonly failures: readonly Failure[];
}

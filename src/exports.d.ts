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
  messages?:
    Readonly<Partial<Record<FailureKind, string>>> | ((failure: CheckoutUpdateErrorShape) => string | undefined);
  onFailure?: (failure: CheckoutUpdateErrorShape) => void;
  onSettled?: (settled: SettledUpdate) => void;
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** What the customer chose, by field. */
export type Intent = Readonly<Record<string, unknown>>;

export interface CallOptions {
  signal?: AbortSignal;
  session?: string;
}

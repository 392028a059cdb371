import type { Applied, CancelReason, CheckoutUpdateErrorShape, Failure, FailureKind } from "./types.js";

const NAME = "CheckoutUpdateError";
const WAIT = "Please wait a moment.";
const RELOAD = "Please reload the page.";

/** What a customer is told where the server said nothing, first about the change and then by kind. */
const CHANGE: Readonly<Record<Applied, string>> = {
  no: "Your change was not made.",
  yes: "Your change was made.",
  unknown: "We could not tell whether your change was made.",
};

/** By kind; every kind is here, in the order of `Kind` in `src/failure.rs`. */
export const ADVICE: Readonly<Record<FailureKind, string>> = {
  invalid_intent: "",
  invalid_session: RELOAD,
  unsupported: "",
  unavailable: RELOAD,
  session_closed: RELOAD,
  busy: WAIT,
  callback_failed: "",
  cancelled: "",
  timeout: "It took too long.",
  network: "Please check your connection.",
  refused: "",
  rate_limited: WAIT,
  server_error: "",
  bad_response: "",
  stripe_error: "",
  refresh_failed: RELOAD,
  internal: RELOAD,
};

/** Every kind, by the number that the engine knows it by: the order of `Kind` in `src/failure.rs`. */
export const KINDS = Object.keys(ADVICE) as FailureKind[];

/** What an error is made from: a failure, whose message may be left to the kind. */
export type FailureInit = Omit<Failure, "message"> & { readonly message?: string | null; readonly cause?: unknown };

/** How an update failed. All fields are its own, so that they survive being copied. */
export class CheckoutUpdateError extends Error implements CheckoutUpdateErrorShape {
  declare readonly name: typeof NAME;
  declare readonly kind: FailureKind;
  declare readonly applied: Applied;
  declare readonly endpoint: string;
  declare readonly status: number | null;
  declare readonly durationMs: number;
  declare readonly attempts: number;
  declare readonly requestId: string | null;
  declare readonly field: string | null;
  declare readonly reason: CancelReason | null;
  declare readonly toJSON: () => Failure;

  constructor({ message, cause, ...rest }: FailureInit) {
    super(message || (CHANGE[rest.applied] + " " + ADVICE[rest.kind]).trim());
    const record = { ...rest, message: this.message };
    // A literal as its name, because minifiers rename classes.
    Object.assign(this, rest, { name: NAME, toJSON: () => record });
    // As the platform does it: there only where a cause was given, and not enumerable.
    if (cause !== undefined) Object.defineProperty(this, "cause", { value: cause, configurable: true, writable: true });
  }
}

/** Whether a value is a `CheckoutUpdateError`, also one of another copy of this package. */
export function isCheckoutUpdateError(value: unknown): value is CheckoutUpdateErrorShape {
  const error = value as CheckoutUpdateErrorShape | null | undefined;
  return error?.name === NAME && typeof error.kind === "string";
}

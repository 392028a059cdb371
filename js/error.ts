import type { Applied, CancelReason, CheckoutUpdateErrorShape, Failure, FailureKind } from "./types.js";

const NAME = "CheckoutUpdateError";
const NOT_MADE = "This change could not be made.";
const AGAIN = " Please try again.";
const CHECK = "We could not tell whether your change was made. Please check your order.";
const RELOAD = " Please reload the page.";

/** The texts that a customer sees where the server sent none of its own. */
export const MESSAGES: Readonly<Record<FailureKind, string>> = {
  invalid_intent: NOT_MADE,
  invalid_session: NOT_MADE,
  unsupported: NOT_MADE,
  unavailable: NOT_MADE + RELOAD,
  session_closed: "This checkout is no longer open." + RELOAD,
  busy: "Too many changes at once." + AGAIN,
  callback_failed: NOT_MADE + AGAIN,
  cancelled: "This change was cancelled.",
  timeout: "This took too long. " + CHECK,
  network: "No answer came. " + CHECK,
  refused: NOT_MADE,
  rate_limited: "Too many changes at once." + AGAIN,
  server_error: CHECK,
  bad_response: CHECK,
  stripe_error: CHECK,
  refresh_failed: "Your change was made, but the new total could not be shown." + RELOAD,
  internal: CHECK,
};

/** What an error is made from: a failure, whose message may be left to the kind. */
export type FailureInit = Omit<Failure, "message"> & { readonly message?: string | null; readonly cause?: unknown };

/** How an update failed. All fields are its own, so that they survive being copied. */
export class CheckoutUpdateError extends Error implements CheckoutUpdateErrorShape {
  // A literal, because minifiers rename classes.
  override readonly name = NAME;
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
    super(message || MESSAGES[rest.kind]);
    const record = { ...rest, message: this.message };
    Object.assign(this, rest, { toJSON: () => record });
    // As the platform does it: there only where a cause was given, and not enumerable.
    if (cause !== undefined) Object.defineProperty(this, "cause", { value: cause, configurable: true, writable: true });
  }
}

/** Whether a value is a `CheckoutUpdateError`, also one of another copy of this package. */
export function isCheckoutUpdateError(value: unknown): value is CheckoutUpdateErrorShape {
  const error = value as CheckoutUpdateErrorShape | null | undefined;
  return error?.name === NAME && typeof error.kind === "string";
}

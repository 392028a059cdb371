// The error that a page gets. A class of JavaScript, since `instanceof` and minifiers, subclasses and frozen prototypes
// are matters of JavaScript; what is in it is decided in Rust.

// Taken now: what other scripts put in their place later must not stop an error from being made.
const { defineProperty, keys } = Object;

const NAME = "CheckoutUpdateError";
const WAIT = "Please wait a moment.";
const RELOAD = "Please reload the page.";

/** What a customer is told where the server said nothing, first about the change and then by kind, unless in doubt. */
const CHANGE = {
  no: "Your change was not made.",
  yes: "Your change was made.",
  unknown: "Your change may not have been saved. Please check your order total before you pay.",
};

/** By kind; every kind is here, as in `Kind` of `src/failure.rs`. */
export const ADVICE = {
  invalid_intent: "",
  invalid_session: RELOAD,
  unsupported: "",
  unavailable: RELOAD,
  session_closed: RELOAD,
  busy: WAIT,
  paying: "Please wait until your payment is done.",
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

/** How an update failed. All fields are its own and data, so that they survive being copied and cloned. */
export class CheckoutUpdateError extends Error {
  constructor({ cause, ...given }) {
    const change = CHANGE[given.applied];
    const advice = given.applied === "unknown" ? "" : ADVICE[given.kind];
    const text = given.message || (advice ? `${change} ${advice}` : change);
    super(text);
    // Defined and not assigned: a page may have frozen `Error.prototype`, or given it members that cannot be written.
    // Without a prototype: what a page has added to `Object.prototype` would be part of the descriptor.
    const define = (name, value, enumerable) =>
      defineProperty(this, name, { __proto__: null, value, enumerable, configurable: true, writable: true });
    // `Error` has given it its message.
    const names = keys(given);
    for (let at = 0; at < names.length; at++) if (names[at] !== "message") define(names[at], given[names[at]], true);
    // A literal as its name, because minifiers rename classes.
    define("name", NAME, true);
    // As the platform does it: there only where a cause was given, and not enumerable.
    if (cause !== undefined) define("cause", cause, false);
  }

  /** The record of the failure, of its own each time. */
  toJSON() {
    const { message, detail } = this;
    return { ...recorded(this), message, detail };
  }
}

/** The record of a failure in `metrics()`: without words, which may be a server's or for the page's author. */
export const recorded = ({
  kind,
  applied,
  endpoint,
  status,
  code,
  durationMs,
  attempts,
  requestId,
  field,
  reason,
}) => ({
  kind,
  applied,
  endpoint,
  status,
  code,
  durationMs,
  attempts,
  requestId,
  field,
  reason,
});

/** Whether a value is a `CheckoutUpdateError`, also one of another copy of this package. */
export function isCheckoutUpdateError(value) {
  return value?.name === NAME && typeof value.kind === "string";
}

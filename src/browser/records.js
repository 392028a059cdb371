// The plain records that a page is given, as literals: whatever a page has added to `Object.prototype`, their members are
// their own. The facade makes some of them too.
import { CheckoutUpdateError } from "./error.js";

export const snapshot = (pending, stale, paying) => ({ pending, stale, paying });

export const success = (session, body) => ({ type: "success", session, body });

export const failed = (error, session) => ({
  type: error.kind === "cancelled" ? "cancelled" : "error",
  error,
  ...(session !== undefined && { session }),
});

export const refreshed = (session) => ({ type: "success", session });

export const notRefreshed = (error) => ({ type: "error", error });

export const settled = (endpoint, outcome, kind = null, applied, waitedMs, durationMs, attempts, requestId = null) => ({
  endpoint,
  outcome,
  kind,
  applied,
  waitedMs,
  durationMs,
  attempts,
  requestId,
});

export const failure = (
  kind,
  applied,
  endpoint,
  status = null,
  durationMs,
  attempts,
  requestId = null,
  code = null,
  message = null,
  detail = null,
  field = null,
  reason = null,
  cause,
) =>
  new CheckoutUpdateError({
    kind,
    applied,
    endpoint,
    status,
    durationMs,
    attempts,
    requestId,
    code,
    message,
    detail,
    field,
    reason,
    cause,
  });

/** What `fetch` is given besides the URL: plain values, since wrappers on real pages spread them, index them and walk them. */
export const init = (credentials, referrerPolicy, body, key, header, token, signal) => ({
  method: "POST",
  redirect: "manual",
  cache: "no-store",
  credentials,
  referrerPolicy,
  headers: {
    "Content-Type": "application/json",
    Accept: "application/json",
    ...(key !== undefined && { "Idempotency-Key": key }),
    ...(header !== undefined && { [header]: token }),
  },
  body,
  ...(signal && { signal }),
});

export const stale = (stale) => ({ stale });

export const confirmed = (result) => ({ type: "confirmed", result });

const AGAIN = "Please check your order total and try again.";

/** What a customer is told where a payment was blocked. */
const BLOCKED = {
  cancelled: "You have not been charged.",
  paying: "Your payment is already being made.",
  closed: "This order can no longer be paid. Please reload the page.",
  stale: `We could not check your order. You have not been charged. ${AGAIN}`,
  failed: `Your last change was not made. You have not been charged. ${AGAIN}`,
  changed: `Your order has changed. You have not been charged. ${AGAIN}`,
};

export const blocked = (reason, session) => ({
  type: "blocked",
  reason,
  message: BLOCKED[reason],
  ...(session !== undefined && { session }),
});

import { CheckoutUpdateError } from "./error.js";
import type { Applied, CancelReason, FailureKind } from "./types.js";

/** When something was asked for, by both clocks. */
export type Asked = readonly [monotonic: number, wall: number];

/** A failure that is found here, where there is no engine to find it. */
export function failed(
  kind: FailureKind,
  endpoint: string,
  asked: Asked,
  applied: Applied,
  message: string | undefined,
  more: { cause?: unknown; reason?: CancelReason } = {},
): CheckoutUpdateError {
  return new CheckoutUpdateError({
    kind,
    applied,
    endpoint,
    status: null,
    durationMs: Math.max(0, Math.round(performance.now() - asked[0])),
    attempts: 0,
    requestId: null,
    message: message ?? null,
    field: null,
    reason: more.reason ?? null,
    cause: more.cause,
  });
}

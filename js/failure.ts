import { time } from "../src/browser/platform.js";
import { CheckoutUpdateError } from "./error.js";
import { safely } from "./environment.js";
import type { Applied, CancelReason, CheckoutUpdateErrorShape, FailureKind } from "./types.js";

/** The page's own words: by kind, or as a function of the failure. */
export type Messages =
  | Readonly<Partial<Record<FailureKind, string | undefined>>>
  | ((failure: CheckoutUpdateErrorShape) => string | undefined);

/** When something was asked for, by both clocks. */
export type Asked = readonly [monotonic: number, wall: number];

/** Both clocks now. One that a page has broken is no number. */
export const now = (): Asked => [time(() => performance.now()), time(() => Date.now())];

/** What else is known of a failure. */
export interface FailureExtras {
  readonly detail?: string;
  readonly field?: string;
  readonly cause?: unknown;
  readonly reason?: CancelReason;
}

/** A failure that happens without an instance. */
export function failed(
  kind: FailureKind,
  endpoint: string,
  asked: Asked,
  applied: Applied,
  messages: Messages | undefined,
  { detail, field, cause, reason }: FailureExtras = {},
): CheckoutUpdateError {
  const durationMs = Math.max(0, Math.round(now()[0] - asked[0])) || 0;
  const record = {
    ...{ kind, applied, endpoint, status: null, durationMs, attempts: 0, requestId: null, code: null },
    ...{ message: null, detail: detail ?? null, field: field ?? null, reason: reason ?? null, cause },
  };
  let made: CheckoutUpdateError;
  try {
    made = new CheckoutUpdateError(record);
  } catch (thrown) {
    // The page may have removed `Object.defineProperty`. The caller gets at least that error.
    return thrown as CheckoutUpdateError;
  }
  let message: unknown;
  safely(() => (message = typeof messages === "function" ? messages(made) : messages?.[kind]));
  return typeof message === "string" ? new CheckoutUpdateError({ ...record, message }) : made;
}

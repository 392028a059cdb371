import { CheckoutUpdateError, KINDS } from "./error.js";
import type { Applied, CancelReason, FailureKind } from "./types.js";

/** Stands for what could not be read. */
export const UNREADABLE = Symbol();

/** An intent as it was found: each own enumerable property read once, in declared order. */
export interface Reading {
  readonly values: unknown[] | undefined;
  readonly undeclared?: string | undefined;
  readonly cause?: unknown;
}

/** Reads an intent. Nothing of it is looked at again, so it cannot show one value here and another to the server. */
export function read(fields: readonly string[], intent: unknown): Reading {
  const values: unknown[] = fields.map(() => undefined);
  let undeclared: string | undefined;
  let cause: unknown;
  const attempt = (act: () => void, unread: () => void) => {
    try {
      act();
    } catch (thrown) {
      cause = thrown;
      unread();
    }
  };
  let keys: string[] = [];
  attempt(
    () => (keys = Object.keys(Object(intent))),
    () => values.fill(UNREADABLE),
  );
  for (const key of keys) {
    const position = fields.indexOf(key);
    if (position < 0) undeclared ??= key;
    else {
      attempt(
        () => (values[position] = (intent as Record<string, unknown>)[key]),
        () => (values[position] = UNREADABLE),
      );
    }
  }
  return { values, undeclared, cause };
}

/** A promise with its ends. Nobody has to handle its rejection. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

/** What the engine keeps here for an update: see `keep` in `src/browser/host.rs`. */
export interface Kept {
  /** The body or the error. */
  result?: unknown;
  /** The `Response`, or what a function of the page gave. */
  answer?: unknown;
  /** What was thrown. */
  cause?: unknown;
  /** The server's words, or what is wrong with what the page passed. */
  message?: string;
  field?: string;
  requestId?: string;
  key?: string;
}

/** Something that was promised to the page and has not been given yet. */
export interface Owed {
  readonly id: number;
  /** The position of the endpoint; -1 for a refresh. */
  readonly endpoint: number;
  /** When it was asked for, by both clocks. */
  readonly at: readonly [monotonic: number, wall: number];
  /** What has `runServerUpdate`, where the page said so. */
  readonly actions?: any;
  /** What `runServerUpdate` is given. */
  update?: () => Promise<unknown>;
  readonly kept: Kept;
  /** Hands it to the engine. */
  play(): void;
  /** Whether the engine has it. */
  played?: boolean;
  /** Whether it can be pending, as a refresh is not. */
  readonly counts: boolean;
  /** The promise of the function, for what has one. */
  readonly work?: Deferred<unknown>;
  /** The page's own function, for `wrap`. */
  readonly own?: ((signal: AbortSignal) => unknown) | undefined;
  /** Gives what was promised: the body or the error, and the session. */
  settle(ok: boolean, value: unknown, session: unknown): void;
}

/** A failure that is found here, where there is no engine to find it. */
export function failed(
  kind: FailureKind,
  endpoint: string,
  since: number,
  applied: Applied,
  message: string | undefined,
  more: { cause?: unknown; reason?: CancelReason } = {},
): CheckoutUpdateError {
  return new CheckoutUpdateError({
    kind,
    applied,
    endpoint,
    status: null,
    durationMs: Math.max(0, Math.round(performance.now() - since)),
    attempts: 0,
    requestId: null,
    field: null,
    reason: more.reason ?? null,
    message: message ?? null,
    cause: more.cause,
  });
}

/** By the numbers that the engine knows them by: `Applied` and `Reason` in `src/failure.rs`. */
const APPLIED: Applied[] = ["no", "yes", "unknown"];
const REASONS: (CancelReason | null)[] = [null, "superseded", "cancelled", "signal", "disposed", "left"];

/** Makes the error of a failure that the engine found, with what was kept for its update. 0 stands for none. */
export function failure(
  messages: Partial<Record<FailureKind, string>>,
  endpoint: string,
  kept: Kept,
  number: number,
  ...[applied, status, durationMs, attempts, reason]: [number, number, number, number, number]
): CheckoutUpdateError {
  const kind = KINDS[number]!;
  const { message, field = null, requestId = null, cause } = kept;
  kept.cause = undefined;
  // What is wrong with what the page passed gives way to the page's own words; what the server said does not.
  const own = messages[kind];
  const detail = message && field ? `"${field}" ${message}` : message;
  return new CheckoutUpdateError({
    kind,
    applied: APPLIED[applied]!,
    endpoint,
    status: status || null,
    durationMs: Math.round(durationMs),
    attempts,
    requestId,
    field,
    reason: REASONS[reason]!,
    message: (number < 2 ? own || detail : detail || own) || null,
    cause,
  });
}

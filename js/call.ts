import { CheckoutUpdateError } from "./error.js";
import type { Applied, CancelReason, FailureKind } from "./types.js";

/** Stands for what could not be read: the engine takes any symbol for that. */
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

/** Something that was promised to the page and has not been given yet. */
export interface Owed {
  readonly id: number;
  /** The position of the endpoint; -1 for a refresh. */
  readonly endpoint: number;
  /** When it was asked for, by both clocks. */
  readonly at: readonly [monotonic: number, wall: number];
  /** Hands it to the engine. */
  play(handle: number): void;
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

/** Makes the error of a failure that the engine found. Empty texts and 0 stand for none. */
export const errors =
  (messages: Partial<Record<FailureKind, string>>) =>
  (
    kind: FailureKind,
    applied: Applied,
    endpoint: string,
    status: number,
    durationMs: number,
    attempts: number,
    requestId: string,
    text: string,
    field: string,
    reason: CancelReason | "",
    cause: unknown,
  ): CheckoutUpdateError => {
    // What is wrong with what the page passed gives way to the page's own words; what the server said does not.
    const own = messages[kind];
    const detail = text && field ? `"${field}" ${text}` : text;
    return new CheckoutUpdateError({
      kind,
      applied,
      endpoint,
      status: status || null,
      durationMs: Math.round(durationMs),
      attempts,
      requestId: requestId || null,
      field: field || null,
      reason: reason || null,
      message: (/^invalid/.test(kind) ? own || detail : detail || own) || null,
      cause,
    });
  };

// The log of one `Updates`: calls that have not ended. They are kept until there is an instance of the module, handed to
// it in their order, and ended here if it dies.
import type { Checked } from "../src/browser/options.js";
import { copyOf, has } from "./copy.js";
import { canRun, safely } from "./environment.js";
import { failed, now, type Asked, type FailureExtras } from "./failure.js";
import type { Inner } from "./inner.js";
import { current, load, type Source } from "./instance.js";
import { each, without } from "./list.js";
import { createStanding } from "./standing.js";
import type { Applied, CancelReason, CheckoutUpdateErrorShape, FailureKind, RunOptions } from "./types.js";

/** What is asked for. */
export interface Request<T> {
  /** The endpoint; empty for a refresh, which is not pending. */
  readonly name: string;
  readonly intent?: object | undefined;
  readonly settings?: RunOptions | undefined;
  /** Hands it to an instance. */
  play(inner: Inner, settings: RunOptions | undefined): Promise<T>;
  /** Whether it is a payment, which is no update. */
  readonly isPayment?: boolean;
  /** Is told how it failed; `null` when it begins. */
  setFailure?: ((error: CheckoutUpdateErrorShape | null) => void) | undefined;
}

/** A call that has not ended. */
interface Call {
  readonly name: string;
  readonly intent: object | undefined;
  readonly asked: Asked;
  readonly isPayment: boolean;
  /** Whether no instance has it. */
  isWaiting: boolean;
  /** Whether it was ended here. */
  hasFailed: boolean;
  reject(error: CheckoutUpdateErrorShape): void;
}

/** The log of one `Updates`. */
export type Calls = ReturnType<typeof createCalls>;

/** Makes the log of one `Updates`. */
export function createCalls(options: Checked, source: Source) {
  let calls: readonly Call[] = [];

  const waiting = (name?: string, match: object = {}) =>
    calls.filter((call) => call.isWaiting && (name === undefined || call.name === name) && has(call.intent, match));
  const isWaiting = (name?: string, match?: object) => waiting(name, match).some((call) => call.name);
  const standing = createStanding(options, isWaiting, (applied) =>
    each(calls, (call) => call.isWaiting || fail(call, "internal", applied)),
  );
  const { ask, changed, open } = standing;
  const isLive = () => canRun() && current() !== undefined;

  /** Takes a call out of the log; whether it was there. */
  function end(call: Call): boolean {
    const rest = without(calls, call);
    const wasThere = rest.length < calls.length;
    calls = rest;
    return wasThere;
  }

  /** Ends a call that no instance can end, unless it has ended. */
  function fail(call: Call, kind: FailureKind, applied: Applied, extras?: FailureExtras): void {
    if (!end(call)) return;
    const error = failed(kind, call.name, call.asked, applied, options.messages, extras);
    call.hasFailed = true;
    // First of all: what comes behind may be stopped by what other scripts have done to the page.
    call.reject(error);
    if (call.isPayment) return;
    if (kind !== "cancelled") {
      standing.note(error);
      safely(options.onFailure, error);
    }
    changed();
    if (!call.name) return;
    const { endpoint, durationMs, attempts, requestId } = error;
    const outcome = kind === "cancelled" ? "cancelled" : "error";
    const record = { endpoint, outcome, kind, applied, waitedMs: durationMs, durationMs, attempts, requestId };
    safely(options.onSettled, record);
  }

  /** Hands a call to an instance, or keeps it until there is one. */
  function begin<T>({ name, intent, settings, isPayment = false, play, setFailure }: Request<T>): Promise<T> {
    setFailure?.(null);
    return new Promise((resolve, reject) => {
      const call: Call = {
        ...{ name, intent, isPayment, asked: now(), isWaiting: false, hasFailed: false },
        reject(error) {
          setFailure?.(error);
          reject(error);
        },
      };
      const hand = (settings: RunOptions | undefined): void => {
        let promise: Promise<T> | undefined;
        try {
          open();
          promise = ask((inner) => play(inner, settings));
        } catch (cause) {
          return fail(call, "internal", "no", { cause });
        }
        // It could not be opened, or died, and this call was not its own yet.
        if (!promise) return fail(call, current() ? "internal" : "unavailable", "no");
        // Not `resolve(promise)`: the instance may die before it settles that.
        promise.then(
          (value) => end(call) && resolve(value),
          (error: CheckoutUpdateErrorShape) => end(call) && call.reject(error),
        );
      };
      // What waits goes first.
      if (!isLive() || waiting().length > 0) return wait(call, settings, hand);
      calls = [...calls, call];
      hand(settings);
    });
  }

  /** Keeps a call until there is an instance to `hand` it to, with what it reads of its settings now. */
  function wait(call: Call, settings: RunOptions | undefined, hand: (settings: RunOptions) => void): void {
    const signal = settings?.signal;
    // An instance refuses it itself.
    const isRefused = call.name && standing.isPaying();
    const detach = () => fail(call, "cancelled", "no", { reason: "signal" });
    calls = [...calls, call];
    try {
      signal?.addEventListener("abort", detach);
    } catch (cause) {
      return fail(call, "invalid_intent", "no", { field: "signal", detail: '"signal" is no AbortSignal', cause });
    }
    const read = copyOf({
      ...{ asked: call.asked, signal },
      // A wrapped function and a refresh name no session.
      get session() {
        return call.intent && (settings?.session ?? options.session?.());
      },
    }) as RunOptions;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const { reject } = call;
    call.reject = (error) => {
      reject(error);
      stopWaiting();
    };
    const stopWaiting = () => {
      call.isWaiting = false;
      call.reject = reject;
      clearTimeout(timer);
      signal?.removeEventListener("abort", detach);
    };
    call.isWaiting = true;
    if (signal?.aborted) return detach();
    if (isRefused) return fail(call, "paying", "no");
    changed();
    const unavailable = (detail: string, cause?: unknown) => {
      if (call.isWaiting) fail(call, "unavailable", "no", { detail, cause });
    };
    if (!canRun()) return unavailable("Updates run in a browser, or with ./testing's server.");
    const { timeoutMs } = options.endpoints.find(({ name }) => name === call.name) ?? options;
    timer = setTimeout(() => unavailable("checkout-updates: the module was not loaded in time."), timeoutMs);
    const loaded = () => {
      if (!call.isWaiting) return;
      stopWaiting();
      hand(read);
      changed();
    };
    // In the order of the calls, as they wait for the same promise.
    load(source).then(loaded, (cause: Error) => unavailable(`checkout-updates: ${cause.message}.`, cause));
  }

  /** Cancels what waits here, of this name or of all. */
  function drop(reason: CancelReason, name?: string): void {
    each(waiting(name), (call) => {
      if (call.name || reason === "disposed") fail(call, "cancelled", "no", { reason });
    });
  }

  return {
    ...standing,
    begin,
    waiting,
    /** The updates that have not settled, those of an instance too: it may die. */
    pending: () => calls.filter(({ name }) => name),
    isLive,
    pendingIntent(name: string, match?: object): unknown {
      const kept = waiting(name, match);
      return kept.length > 0 ? kept[kept.length - 1]!.intent : ask((inner) => inner.pendingIntent(name, match));
    },
    cancel(name?: string): void {
      drop("cancelled", name);
      ask((inner) => inner.cancel(name));
    },
    dispose(): void {
      drop("disposed");
      standing.dispose();
    },
  };
}

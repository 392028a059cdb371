// The log of one `Updates`: calls that have not ended. They are kept until there is an instance of the module, handed to
// it in their order, and ended here if it dies.
import type { Checked } from "../src/browser/options.js";
import { current, load, type Source } from "./instance.js";
import { failed, now, type Asked, type FailureExtras } from "./failure.js";
import { canRun, safely } from "./environment.js";
import type { EngineUpdates } from "./engine-updates.js";
import { copyOf, has } from "./copy.js";
import { createConnection } from "./connection.js";
import { each, without } from "./list.js";
import type { Applied, CancelReason, CheckoutUpdateErrorShape, FailureKind, RunOptions } from "./types.js";

/** A call to make. */
export interface CallSpec<T> {
  /** Default: an update. Only updates are pending. */
  readonly type?: "update" | "refresh" | "payment";
  /** The endpoint, or the name of a wrapped function. */
  readonly name?: string;
  readonly intent?: object | undefined;
  readonly settings?: RunOptions | undefined;
  /** Makes the call to an instance. */
  play(inner: EngineUpdates, settings: RunOptions | undefined): Promise<T>;
  /** Receives the failure; `null` when the call begins. */
  setFailure?: ((error: CheckoutUpdateErrorShape | null) => void) | undefined;
}

/** A call that has not ended. */
interface Call {
  readonly type: NonNullable<CallSpec<unknown>["type"]>;
  readonly name: string;
  readonly intent: object | undefined;
  readonly asked: Asked;
  /** Whether no instance has it. */
  isWaiting: boolean;
  /** Whether it failed here, and not in an instance. */
  hasFailed: boolean;
  reject(error: CheckoutUpdateErrorShape): void;
  /** Releases its timer and its signal. */
  stopWaiting?: () => void;
}

/** The log of one `Updates`. */
export type Calls = ReturnType<typeof createCalls>;

const isUpdate = ({ type }: Call) => type === "update";

/** Makes the log of one `Updates`. */
export function createCalls(options: Checked, source: Source) {
  let calls: readonly Call[] = [];

  const waiting = (name?: string, match: object = {}) =>
    calls.filter((call) => call.isWaiting && (name === undefined || call.name === name) && has(call.intent, match));
  const isWaiting = (name?: string, match?: object) => waiting(name, match).some(isUpdate);
  const connection = createConnection(options, isWaiting, (applied) =>
    each(calls, (call) => call.isWaiting || fail(call, "internal", applied)),
  );
  const { ask, changed, open } = connection;
  const hasInstance = () => canRun() && current() !== undefined;

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
    call.stopWaiting?.();
    if (call.type === "payment") return;
    if (kind !== "cancelled") {
      connection.note(error);
      safely(options.onFailure, error);
    }
    changed();
    if (!isUpdate(call)) return;
    const { durationMs } = error;
    const record = { kind, applied, waitedMs: durationMs, durationMs, attempts: 0, requestId: null };
    safely(options.onSettled, { endpoint: call.name, outcome: kind === "cancelled" ? kind : "error", ...record });
  }

  /** Hands a call to an instance, or keeps it until there is one. */
  function begin<T>({ type = "update", name = "", intent, settings, play, setFailure }: CallSpec<T>): Promise<T> {
    setFailure?.(null);
    return new Promise((resolve, reject) => {
      const fails = (error: CheckoutUpdateErrorShape): void => {
        setFailure?.(error);
        reject(error);
      };
      const call: Call = { type, name, intent, asked: now(), isWaiting: false, hasFailed: false, reject: fails };
      const handOver = (settings: RunOptions | undefined): void => {
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
      if (!hasInstance() || waiting().length > 0) return wait(call, settings, handOver);
      calls = [...calls, call];
      handOver(settings);
    });
  }

  /** Keeps a call until there is an instance, with the settings as they are now. */
  function wait(call: Call, settings: RunOptions | undefined, handOver: (settings: RunOptions) => void): void {
    const signal = settings?.signal;
    // An instance refuses it itself.
    const isRefused = isUpdate(call) && connection.isPaying();
    const detach = () => fail(call, "cancelled", "no", { reason: "signal" });
    calls = [...calls, call];
    try {
      signal?.addEventListener("abort", detach);
    } catch (cause) {
      return fail(call, "invalid_intent", "no", { field: "signal", detail: '"signal" is no AbortSignal', cause });
    }
    const read = copyOf({
      asked: call.asked,
      signal,
      // A wrapped function and a refresh name no session.
      get session() {
        return call.intent && (settings?.session ?? options.session?.());
      },
    }) as RunOptions;
    let timer: ReturnType<typeof setTimeout> | undefined;
    call.stopWaiting = () => {
      call.isWaiting = false;
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
      call.stopWaiting!();
      handOver(read);
      changed();
    };
    // In the order of the calls, as they wait for the same promise.
    load(source).then(loaded, (cause: Error) => unavailable(`checkout-updates: ${cause.message}.`, cause));
  }

  /** Cancels what waits here, of this name or of all. */
  function drop(reason: CancelReason, name?: string): void {
    each(waiting(name), (call) => {
      if (isUpdate(call) || reason === "disposed") fail(call, "cancelled", "no", { reason });
    });
  }

  return {
    ...connection,
    begin,
    waiting,
    /** The updates that have not settled, those of an instance too: it may die. */
    pending: () => calls.filter(isUpdate),
    hasInstance,
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
      connection.dispose();
    },
  };
}

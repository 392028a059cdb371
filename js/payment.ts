// The call of `confirm` and the promise of `pay`. They are made here and not in the module, so that a payment goes on if the
// module is absent or dies. The module decides whether to wait, whether the total has changed and whether to call it.
import { isOpen, sessionOf } from "../src/browser/read.js";
import { got } from "../src/browser/check.js";
import { blocked } from "../src/browser/records.js";
import type { Calls } from "./calls.js";
import type { EngineUpdates } from "./engine-updates.js";
import type { BlockReason, CheckoutUpdateErrorShape, PayOptions, PayOutcome } from "./types.js";

/** The longest that a hold lasts. */
const LONGEST_HOLD = 600_000;

/** A copy of a session as it is now; `undefined` if it cannot be read. Anything may be passed as actions. */
function copyOfSession(session: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(session)) as unknown;
  } catch {
    return undefined;
  }
}

/** Makes `pay` and `hold` of one `Updates`. */
export function createPayments(calls: Calls) {
  /** Ends the payment that is under way unless `confirm` has answered. */
  let endPayment: (() => void) | undefined;
  let endHold: (() => void) | undefined;

  function publish(): void {
    const isPaying = endPayment !== undefined || endHold !== undefined;
    // A customer who comes back by the back/forward cache, from a redirect say, has ended a hold and a payment.
    if (isPaying) globalThis.addEventListener?.("pageshow", onPageShow);
    else globalThis.removeEventListener?.("pageshow", onPageShow);
    calls.setPaying(isPaying);
  }

  function onPageShow({ persisted }: Partial<PageTransitionEvent>): void {
    if (!persisted) return;
    endHold?.();
    // An instance ends a payment itself, after a refresh.
    if (!calls.hasInstance()) endPayment?.();
  }

  function block(reason: BlockReason): PayOutcome<any, any> {
    if (!calls.ask((inner) => (inner.noteBlocked(reason), true))) {
      calls.countPayment({ confirmed: 0, blocked: { [reason]: 1 } });
    }
    return blocked(reason);
  }

  /** Begins a payment, which is the only one; `seen` is the session that the customer saw. */
  function beginPayment(
    actions: object,
    confirm: (actions: any) => unknown,
    signal: AbortSignal | undefined,
    resolve: (outcome: PayOutcome<any, any>) => void,
    reject: (error: unknown) => void,
  ): void {
    const seen = copyOfSession(sessionOf(actions));
    const pending = calls.pending();
    const hasFailed = () => pending.some((call) => call.hasFailed);
    /** Whether an instance counts it. */
    let isCounted = false;
    let isRetry = false;
    /** What `confirm` returned, once it was called. */
    let result: Promise<unknown> | undefined;
    /** The outcome of the instance that knows of this payment. Updates may run again once it has settled. */
    let instanceOutcome: Promise<unknown> | undefined;
    let stopReplay: (() => void) | undefined;

    function end(settle: () => void): void {
      if (endPayment !== endThis) return;
      endPayment = undefined;
      stopReplay?.();
      endHold?.();
      publish();
      settle();
    }
    const endBlocked = (reason: BlockReason) => end(() => resolve(block(reason)));
    const endThis = () => endBlocked(isOpen(sessionOf(actions)) ? "stale" : "closed");

    /** Calls `confirm`, in the same task and once. */
    function callConfirm(isKnown: boolean): Promise<unknown> {
      if (result || endPayment !== endThis) return result ?? Promise.resolve();
      isCounted = isKnown;
      const returned = (result = new Promise((settle) => settle(confirm(actions))));
      returned.then(
        (value) => {
          if (!isCounted) calls.countPayment({ confirmed: 1, blocked: {} });
          finish(() => resolve({ type: "confirmed", result: value }));
        },
        (error: unknown) => finish(() => reject(error)),
      );
      stopReplay = calls.replay((inner) => {
        isCounted = true;
        follow(inner.paying(actions, returned));
      }, isKnown);
      return returned;
    }

    /** Ends the payment as `confirm` did, once updates may run again. */
    function finish(settle: () => void): void {
      const endNow = () => end(settle);
      if (instanceOutcome) instanceOutcome.then(endNow, endNow);
      else endNow();
    }

    /** Follows an instance, unless `confirm` has ended the payment. */
    function follow(outcome: Promise<PayOutcome>): void {
      instanceOutcome = outcome;
      outcome.then((outcome) => {
        if (outcome.type === "blocked") end(() => resolve(outcome));
      }, failed);
    }

    function failed({ kind }: Partial<CheckoutUpdateErrorShape>): void {
      // Once `confirm` was called, only its answer ends the payment, or the customer who comes back.
      if (result) return;
      if (kind === "cancelled") return endBlocked("cancelled");
      if (kind !== "internal") return void calls.settled().then(decideHere);
      // The instance has died. The next one has to refresh first.
      if (isRetry) return endBlocked("stale");
      isRetry = true;
      askInstance();
    }

    /** Lets an instance decide, after the calls that wait for one. */
    function askInstance(): void {
      const play = (inner: EngineUpdates, settings: PayOptions | undefined) =>
        inner.pay(actions, () => callConfirm(true), { ...settings, seen, hasFailed: hasFailed() });
      follow(calls.begin<PayOutcome>({ type: "payment", settings: { signal }, play }));
    }

    /** Decides without an instance: a shop must be able to take money. */
    function decideHere(): void {
      if (!isOpen(sessionOf(actions))) endBlocked("closed");
      else if (calls.isStale()) endBlocked("stale");
      else if (hasFailed()) endBlocked("failed");
      else void callConfirm(false);
    }

    calls.touch(actions);
    endPayment = endThis;
    publish();
    if (signal?.aborted) endBlocked("cancelled");
    else if (calls.hasInstance() || calls.waiting().length > 0 || calls.isStale()) askInstance();
    else decideHere();
  }

  function pay(
    actions: object,
    confirm: (actions: any) => unknown,
    { signal }: PayOptions = {},
  ): Promise<PayOutcome<any, any>> {
    return new Promise((resolve, reject) => {
      if (typeof confirm !== "function") throw new TypeError("pay: takes actions and a function, not " + got(confirm));
      if (endPayment) resolve(block("paying"));
      else beginPayment(actions, confirm, signal, resolve, reject);
    });
  }

  function hold(): (() => void) | null {
    if (endPayment || endHold) return null;
    let granted: (() => void) | null | undefined;
    if (calls.hasInstance()) {
      calls.open();
      granted = calls.ask((inner) => inner.hold());
      if (!granted) return null;
    } else if (calls.waiting().length > 0 || calls.isStale()) return null;
    const stopReplay = calls.replay((inner) => inner.holding(), granted !== undefined, granted ?? undefined);
    const endThis = (): void => {
      if (endHold !== endThis) return;
      clearTimeout(timer);
      endHold = undefined;
      stopReplay();
      publish();
    };
    const timer = setTimeout(endThis, LONGEST_HOLD);
    endHold = endThis;
    publish();
    return endThis;
  }

  return { pay, hold, endHold: () => endHold?.() };
}

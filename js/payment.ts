// The call of `confirm` and the promise of `pay`. They are made in front of the module, so that neither its absence nor its
// death touches a payment. What is decided (wait for what, has the total changed, may it be called) the module decides.
import { got } from "../src/browser/check.js";
import { isOpen, sessionOf } from "../src/browser/read.js";
import { blocked as blockedBy } from "../src/browser/records.js";
import type { Calls } from "./calls.js";
import { copyOfSession } from "./session.js";
import type { Inner } from "./inner.js";
import type { BlockReason, CheckoutUpdateErrorShape, PayOptions, PayOutcome } from "./types.js";

/** The longest that a hold lasts. */
const LONGEST_HOLD = 600_000;

/** Makes `pay` and `hold` of one `Updates`. */
export function createPayments(calls: Calls) {
  /** Ends the payment that is under way, if its `confirm` has not answered: the customer came back. */
  let endPayment: (() => void) | undefined;
  let release: (() => void) | undefined;

  function show(): void {
    const isPaying = endPayment !== undefined || release !== undefined;
    // Back from the back/forward cache ends a hold and a payment: a redirect, then Back.
    if (isPaying) globalThis.addEventListener?.("pageshow", shown);
    else globalThis.removeEventListener?.("pageshow", shown);
    calls.setPaying(isPaying);
  }

  function shown({ persisted }: Partial<PageTransitionEvent>): void {
    if (!persisted) return;
    release?.();
    // An instance ends a payment itself, after a refresh.
    if (!calls.isLive()) endPayment?.();
  }

  function pay(
    actions: object,
    confirm: (actions: any) => unknown,
    { signal }: PayOptions = {},
  ): Promise<PayOutcome<any, any>> {
    const shown = copyOfSession(sessionOf(actions));
    const awaited = calls.pending();
    const hasFailed = () => awaited.some((call) => call.hasFailed);
    return new Promise((resolve, reject) => {
      if (typeof confirm !== "function") throw new TypeError("pay: takes actions and a function, not " + got(confirm));
      const blocked = (reason: BlockReason) => {
        if (!calls.ask((inner) => (inner.noteBlocked(reason), true)))
          calls.countPayment({ confirmed: 0, blocked: { [reason]: 1 } });
        resolve(blockedBy(reason));
      };
      if (endPayment) return blocked("paying");
      calls.see(actions);
      /** Whether an instance counts it. */
      let isCounted = false;
      let isAgain = false;
      /** What `confirm` gave, once it was called. */
      let result: Promise<unknown> | undefined;
      /** What the instance that knows of it gave: it has heard of the end of `confirm` once this has settled. */
      let heard: Promise<unknown> | undefined;
      /** No later instance has to be told. */
      let forget: (() => void) | undefined;

      function end(settle: () => void): void {
        if (endPayment !== own) return;
        endPayment = undefined;
        forget?.();
        release?.();
        show();
        settle();
      }
      const block = (reason: BlockReason) => end(() => blocked(reason));
      const own = () => block(isOpen(sessionOf(actions)) ? "stale" : "closed");
      endPayment = own;

      /** Calls `confirm`, in the same task and once. */
      function confirmed(isKnown: boolean): Promise<unknown> {
        if (result || endPayment !== own) return result ?? Promise.resolve();
        isCounted = isKnown;
        const given = (result = new Promise((settle) => settle(confirm(actions))));
        given.then(
          (value) => {
            if (!isCounted) calls.countPayment({ confirmed: 1, blocked: {} });
            finish(() => resolve({ type: "confirmed", result: value }));
          },
          (error: unknown) => finish(() => reject(error)),
        );
        forget = calls.stand((inner) => {
          isCounted = true;
          follow(inner.paying(actions, given));
        }, isKnown);
        return given;
      }

      /** Ends it with the answer of `confirm`, once updates may run again. */
      function finish(settle: () => void): void {
        const own = () => end(settle);
        if (heard) heard.then(own, own);
        else own();
      }

      /** What an instance decides, unless `confirm` has its own end. */
      function follow(decided: Promise<PayOutcome>): void {
        heard = decided;
        decided.then((outcome) => {
          if (outcome.type === "blocked") end(() => resolve(outcome));
        }, failed);
      }

      function failed({ kind }: Partial<CheckoutUpdateErrorShape>): void {
        // Once `confirm` was called, nothing but its answer and the way back ends it.
        if (result) return;
        if (kind === "cancelled") return block("cancelled");
        if (kind !== "internal") return void calls.settled().then(alone);
        // The instance has died. The next one has to refresh first.
        if (isAgain) return block("stale");
        isAgain = true;
        ask();
      }

      /** Lets the instance decide, once what waits for it has been handed over. */
      function ask(): void {
        const play = (inner: Inner, settings: PayOptions | undefined) =>
          inner.pay(actions, () => confirmed(true), { ...settings, shown, hasFailed: hasFailed() });
        follow(calls.begin<PayOutcome>({ name: "", isPayment: true, settings: { signal }, play }));
      }

      /** Decides without an instance. A shop must be able to take money. */
      function alone(): void {
        if (!isOpen(sessionOf(actions))) block("closed");
        else if (calls.isStale()) block("stale");
        else if (hasFailed()) block("failed");
        else void confirmed(false);
      }

      show();
      if (signal?.aborted) block("cancelled");
      else if (calls.isLive() || calls.waiting().length > 0 || calls.isStale()) ask();
      else alone();
    });
  }

  function hold(): (() => void) | null {
    if (endPayment || release) return null;
    let granted: (() => void) | null | undefined;
    if (calls.isLive()) {
      calls.open();
      granted = calls.ask((inner) => inner.hold());
      if (!granted) return null;
    } else if (calls.waiting().length > 0 || calls.isStale()) return null;
    const forget = calls.stand((inner) => inner.holding(), granted !== undefined, granted ?? undefined);
    const own = (): void => {
      if (release !== own) return;
      clearTimeout(timer);
      release = undefined;
      forget();
      show();
    };
    const timer = setTimeout(own, LONGEST_HOLD);
    release = own;
    show();
    return own;
  }

  return { pay, hold, endHold: () => release?.() };
}

import { callback, checked, needed, record, type Row } from "../src/browser/check.js";
import { report } from "../src/browser/platform.js";
import { safely } from "./environment.js";
import type { PayOutcome, SessionOf, Updates } from "./types.js";

// Stripe's own types fit these, and these fit Stripe's: no page needs `@stripe/stripe-js` for ours to compile.

/** The event of a click on a wallet's button. */
export interface ExpressClickEvent {
  elementType: any;
  expressPaymentType: any;
  resolve(details?: any): void;
  reject(): void;
}

/** The event of a customer's approval in a wallet's sheet. */
export interface ExpressConfirmEvent {
  expressPaymentType: any;
  billingDetails?: any;
  shippingAddress?: any;
  shippingRate?: any;
  paymentFailed(payload?: { reason?: any; message?: string }): void;
}

/** The event of a payment in the Form, by a wallet or by the Form's own button. */
export type FormConfirmEvent =
  | (ExpressConfirmEvent & { source: "checkout-form-ece" })
  | { source: "checkout-form-pay-button"; paymentMethodType: string | null };

/**
 * An Express Checkout Element, as returned by `createExpressCheckoutElement`. It also emits `click`, which is missing from
 * Stripe's types for a checkout.
 */
export interface ExpressCheckoutElement {
  on(event: "confirm", handler: (event: ExpressConfirmEvent) => unknown): unknown;
  on(event: "cancel", handler: () => unknown): unknown;
  off?(event: any, handler: any): unknown;
}

/** A Form, as returned by `createForm`. */
export interface CheckoutForm {
  on(event: "confirm", handler: (event: FormConfirmEvent) => unknown): unknown;
  off?(event: any, handler: any): unknown;
}

/** The options of `bindForm`. */
export interface FormOptions<A extends object, Event = FormConfirmEvent> {
  updates: Pick<Updates, "pay" | "hold">;
  /** The object that has `confirm`. */
  actions: A;
  /** Confirms the payment: `(actions, event) => actions.confirm({ formConfirmEvent: event })`. */
  confirm: (actions: A, event: Event) => unknown;
  /** Called if the payment was not made. Show `message` on the page; a wallet's sheet shows it by itself. */
  onBlocked?: ((outcome: Extract<PayOutcome<never, SessionOf<A>>, { type: "blocked" }>) => void) | undefined;
}

/** The options of `bindExpressCheckout`. In `confirm`, pass the event on as `expressCheckoutConfirmEvent`. */
export interface ExpressCheckoutOptions<A extends object> extends FormOptions<A, ExpressConfirmEvent> {
  /** The options that open the wallet's sheet. Return them at once: a click must be answered within a second. */
  resolve?: ((event: ExpressClickEvent) => (object & { then?: never }) | undefined) | undefined;
}

/** A bound element. Its functions do not use `this`. */
export interface BoundExpressCheckout {
  /** Releases the element and ends a hold. A payment that is under way goes on. */
  unbind(): void;
}

const OPTIONS: Record<"element" | keyof FormOptions<object>, Row> = {
  element: needed(record),
  updates: needed(record),
  actions: needed(record),
  confirm: needed(callback),
  onBlocked: callback,
};

type Tell = ((outcome: any) => void) | undefined;
type Handlers = Record<string, (event: any) => unknown>;

/** Listens, until it is let go of. */
function listen(element: Pick<CheckoutForm, "off"> & { on: any }, handlers: Handlers): () => void {
  let isBound = true;
  const own = Object.entries(handlers).map(([name, handler]) => {
    const guarded = (event: unknown) => (isBound ? handler(event) : undefined);
    element.on(name, guarded);
    return [name, guarded] as const;
  });
  return () => {
    isBound = false;
    for (const [name, guarded] of own) element.off?.(name, guarded);
  };
}

/** What handles `confirm`: Stripe.js awaits it, and wants its own `confirm` to be called inside. */
function payer(
  { updates, actions, confirm, onBlocked }: Omit<FormOptions<any, any>, "onBlocked"> & { onBlocked?: Tell },
  takeHold: () => (() => void) | null = () => null,
) {
  return async (event: any): Promise<void> => {
    const release = takeHold();
    const failed = (message?: string) => {
      // A press of the Form's own button has no sheet that could show it.
      safely(() => event.paymentFailed?.({ reason: "fail", ...(message && { message }) }));
    };
    try {
      const outcome = await updates.pay(actions, (actions) => confirm(actions, event));
      if (outcome.type !== "blocked") return;
      failed(outcome.message);
      safely(onBlocked, outcome);
    } catch (error) {
      failed();
      report(error);
    } finally {
      release?.();
    }
  };
}

/**
 * Connects the buttons of wallets with `updates`. A click opens the sheet only if nothing is under way and the page shows
 * the server's state. No update starts while the sheet is open. The payment is made as by `updates.pay`.
 *
 * @throws TypeError for a wrong option.
 */
export function bindExpressCheckout<A extends object>(
  element: ExpressCheckoutElement,
  options: ExpressCheckoutOptions<A>,
): BoundExpressCheckout {
  const rows = { ...OPTIONS, resolve: callback };
  const given = checked("bindExpressCheckout", { element, ...options }, rows);
  const { updates, resolve } = given;
  let held: (() => void) | null = null;

  function release(): void {
    held?.();
    held = null;
  }

  function click(event: ExpressClickEvent): void {
    // A sheet of before is closed by now, whether or not that was told.
    release();
    held = updates.hold();
    if (!held) return event.reject();
    try {
      event.resolve(resolve?.(event));
    } catch (error) {
      release();
      report(error);
      safely(() => event.reject());
    }
  }

  const confirm = payer(given, () => {
    const own = held;
    // `pay` takes it over, so a click that comes later does not end it.
    held = null;
    return own;
  });
  const stop = listen(element, { click, cancel: release, confirm });
  return {
    unbind: () => {
      stop();
      release();
    },
  };
}

/**
 * Connects the Form with `updates`: it pays as `updates.pay` does.
 *
 * @throws TypeError for a wrong option.
 */
export function bindForm<A extends object>(form: CheckoutForm, options: FormOptions<A>): BoundExpressCheckout {
  return { unbind: listen(form, { confirm: payer(checked("bindForm", { element: form, ...options }, OPTIONS)) }) };
}

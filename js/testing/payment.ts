import type { Act } from "./act.js";
import { declineOf } from "./cards.js";
import type { ConfirmEvents, Leaving } from "./confirm-events.js";
import type { FakeConfirmResult } from "./confirm-result.js";
import type { Held } from "./held.js";
import { withoutUndefined } from "./record.js";
import { integrationError, messageOf } from "./report.js";
import type { FakeContact } from "./session-types.js";
import type { FakeSettings } from "./settings.js";
import type { State } from "./state.js";
import { delay, type Timers } from "./timers.js";
import type { FakeResult } from "./updates.js";

export interface FakeConfirmArgs {
  /** Where the customer goes after the payment, unless `redirect` is `"if_required"` and nothing requires it. */
  returnUrl?: string | undefined;
  redirect?: "always" | "if_required" | undefined;
  /** Declined if it is one of Stripe's test payment methods for that, such as `pm_card_visa_chargeDeclined`. */
  paymentMethod?: string | undefined;
  savePaymentMethod?: boolean | undefined;
  email?: string | undefined;
  phoneNumber?: string | undefined;
  billingAddress?: FakeContact | undefined;
  shippingAddress?: FakeContact | undefined;
  /** The event itself, while its handlers run. */
  expressCheckoutConfirmEvent?: object | undefined;
  formConfirmEvent?: object | undefined;
  onRequiresApproval?: (() => Promise<void>) | undefined;
}

export type Confirm = (args?: FakeConfirmArgs) => Promise<FakeConfirmResult>;

/** What happened to one call of `confirm`, with amounts in minor units. */
export interface FakePayment {
  /** The total of the session that the page had at the call; with a wallet, the total on its sheet. */
  shown: number;
  /** What was charged; `null` if nothing was. */
  paid: number | null;
  /** How it ended; `null` while it has not. */
  ended: "success" | "error" | "rejection" | "redirect" | null;
}

export interface Payments {
  /** `where` is the SDK whose action this is: the Form pays only inside its `confirm` event. */
  confirmIn: (where: "elements" | "form") => Confirm;
  records: readonly FakePayment[];
}

/** What a wallet knows of the customer: used unless the page passes its own. */
type FromWallet = { billingDetails?: { email?: string }; shippingAddress?: FakeContact };

const MOST_RECORDS = 1000;

const refused = (message: string): FakeResult => ({ type: "error", error: { message, code: null } });

export function createPayments(
  state: State,
  settings: FakeSettings,
  timers: Timers,
  held: Held,
  act: Act,
  events: ConfirmEvents,
  navigate: ((url: string) => void) | undefined,
): Payments {
  const records: FakePayment[] = [];
  let paying = false;
  const total = () => state.session().total.total.minorUnitsAmount;

  /** Why Stripe.js refuses without asking the server. */
  function objection(): string | null {
    if (state.isPending()) return "An update is pending.";
    if (paying) return "A payment is under way.";
    if (state.isTotalRead()) return null;
    return "The page must read total.total.amount, or total.total.minorUnitsAmount and currency, before it confirms.";
  }

  async function approve(onRequiresApproval: FakeConfirmArgs["onRequiresApproval"]): Promise<FakeResult | null> {
    if (!onRequiresApproval) return refused("The payment requires approval, and there is no onRequiresApproval.");
    try {
      await onRequiresApproval();
      return null;
    } catch (error) {
      return refused(messageOf(error, "The payment was not approved."));
    }
  }

  function decline(paymentMethod: string | undefined): FakeConfirmResult | null {
    const { declineWith, card } = settings;
    const declined =
      declineWith === null ? declineOf(card, paymentMethod) : { message: declineWith, declineCode: "generic_decline" };
    if (!declined) return null;
    const { message, declineCode } = declined;
    state.apply({ lastPaymentError: { message } });
    state.publish();
    return { type: "error", error: { message, code: "paymentFailed", paymentFailed: { declineCode } } };
  }

  async function charge(
    { expressCheckoutConfirmEvent: _express, formConfirmEvent: _form, onRequiresApproval, ...args }: FakeConfirmArgs,
    released: Promise<void> | undefined,
    record: FakePayment,
  ): Promise<FakeConfirmResult | Leaving> {
    const { email, phoneNumber, billingAddress, shippingAddress, paymentMethod, returnUrl, redirect } = args;
    await delay(timers, settings.latencyMs);
    state.apply(withoutUndefined({ email, phoneNumber, billingAddress, shippingAddress }));
    state.publish();
    if (!state.session().canConfirm) return refused("The session cannot be confirmed.");
    await released;
    if (settings.confirmEnds === "reject") throw new Error("The payment could not be made.");
    const refusal = (settings.requiresApproval && (await approve(onRequiresApproval))) || decline(paymentMethod);
    if (refusal) return refusal;
    if (settings.redirects) return { type: "redirect", url: returnUrl };
    const result: FakeResult = await act({ confirm: withoutUndefined(args) }, () => ({
      status: { type: "complete", paymentStatus: "paid" },
      lastPaymentError: null,
    }));
    if (result.type === "error") return result;
    record.paid = total();
    const leaves = redirect !== "if_required" && returnUrl !== undefined && navigate;
    return leaves ? { type: "redirect", url: returnUrl } : result;
  }

  async function pay(args: FakeConfirmArgs, record: FakePayment): Promise<FakeConfirmResult | Leaving> {
    const why = objection();
    // From now on and not after the refusal below: a release ends the payments so far.
    const released = settings.confirmEnds === "silent" ? held.wait() : undefined;
    if (why !== null) {
      await delay(timers, settings.latencyMs);
      return refused(why);
    }
    paying = true;
    try {
      return await charge(args, released, record);
    } finally {
      paying = false;
    }
  }

  const confirmIn: Payments["confirmIn"] =
    (where) =>
    async (args = {}) => {
      const given = args.formConfirmEvent ?? args.expressCheckoutConfirmEvent;
      const event = events.find(given, where);
      const record: FakePayment = { shown: event?.shown ?? total(), paid: null, ended: null };
      records.push(record);
      if (records.length > MOST_RECORDS) records.shift();
      if (!event && (given || where === "form")) {
        record.ended = "rejection";
        const source = args.expressCheckoutConfirmEvent ? "Express Checkout Element" : "Checkout form";
        throw integrationError(
          `The confirm method must be called within the confirm event emitted from the ${source}.`,
        );
      }
      const { billingDetails, shippingAddress } = (given ?? {}) as FromWallet;
      const known = { email: billingDetails?.email, shippingAddress, ...withoutUndefined(args) };
      const paying = pay(known, record);
      event?.add(paying);
      try {
        const result = await paying;
        record.ended = result.type;
        if (result.type !== "redirect") return result;
        if (result.url !== undefined) navigate?.(result.url);
      } catch (error) {
        record.ended = "rejection";
        throw error;
      }
      // The page is being left, so the promise never settles.
      return new Promise(() => {});
    };
  return { confirmIn, records };
}

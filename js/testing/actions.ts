import { withoutUndefined } from "./record.js";
import { amountOf } from "./session.js";
import type { FakeContact, FakeOptionalItem, FakeSession, SessionInit } from "./session-types.js";
import type { State } from "./state.js";
import { delay, type Timers } from "./timers.js";
import type { FakeResult, FakeSettings } from "./updates.js";

type Success = Extract<FakeResult, { type: "success" }>;
type Failure<Code> = { type: "error"; error: { message: string; code: Code } };

/** What the customer changed by an action of Stripe.js, as `{ updateEmail: "a@example.com" }`. */
export type FakeChange = Readonly<Record<string, unknown>>;

/** Tells a server of a change; gives what has changed in the session beside it, and rejects to refuse. */
export type OnChange = (
  change: FakeChange,
  session: FakeSession,
) => SessionInit | void | PromiseLike<SessionInit | void>;

export interface FakeConfirmArgs {
  email?: string | undefined;
  phoneNumber?: string | undefined;
  billingAddress?: FakeContact | undefined;
  shippingAddress?: FakeContact | undefined;
}

/** The actions beside `getSession` and `runServerUpdate`. */
export interface FakeActions {
  updateEmail: (email: string | null) => Promise<Success | Failure<"incompleteEmail"> | Failure<"invalidEmail">>;
  updatePhoneNumber: (phoneNumber: string | null) => Promise<Success>;
  updateIndividualName: (individualName: string | null) => Promise<Success>;
  updateBusinessName: (businessName: string | null) => Promise<Success>;
  updateShippingAddress: (shippingAddress: FakeContact | null) => Promise<FakeResult>;
  updateBillingAddress: (billingAddress: FakeContact | null) => Promise<FakeResult>;
  updateShippingOption: (shippingOption: string) => Promise<FakeResult>;
  updateTaxIdInfo: (taxIdInfo: FakeSession["taxIdInfo"]) => Promise<FakeResult>;
  updateLineItemQuantity: (args: { lineItem: string; quantity: number }) => Promise<FakeResult>;
  addOptionalLineItem: (priceId: string) => Promise<FakeResult>;
  removeOptionalLineItem: (priceId: string) => Promise<FakeResult>;
  applyPromotionCode: (promotionCode: string) => Promise<Success | Failure<"invalidCode">>;
  removePromotionCode: () => Promise<FakeResult>;
  validateElements: () => Promise<Success>;
  confirm: (args?: FakeConfirmArgs) => Promise<
    | FakeResult
    | {
        type: "error";
        error: { message: string; code: "paymentFailed"; paymentFailed: { declineCode: string | null } };
      }
  >;
}

class Refused<Code> extends Error {
  declare readonly code: Code;
  constructor(message: string, code: Code) {
    super(message);
    this.code = code;
  }
}

const no = (message: string): Refused<null> => new Refused(message, null);

export function createActions(
  state: State,
  settings: FakeSettings,
  timers: Timers,
  onChange: OnChange | undefined,
  success: (session: FakeSession) => FakeResult,
): FakeActions {
  /** Makes a change after the latency; the difference is worked out then, against the session of that moment. */
  async function act(change: FakeChange, difference: (session: FakeSession) => SessionInit): Promise<any> {
    await delay(timers, settings.latencyMs);
    try {
      const session = state.session();
      const made = difference(session);
      const answered = await onChange?.(change, session);
      state.apply({ ...made, ...answered });
      if (onChange) await state.refetch(0);
      state.publish();
      return success(state.session());
    } catch (error) {
      const { message, code = null } = error as Partial<Refused<unknown>>;
      return { type: "error", error: { message: message || "The change was refused.", code } };
    }
  }

  const nameCollection = (session: FakeSession) =>
    session.nameCollection ?? { individualName: null, businessName: null };

  const select =
    (priceId: string, isSelected: boolean) =>
    (session: FakeSession): SessionInit => {
      const known = session.optionalItems?.some((item) => item.priceId === priceId);
      if (!known) throw no("There is no such optional item.");
      const choose = (item: FakeOptionalItem) => (item.priceId === priceId ? { ...item, isSelected } : item);
      return { optionalItems: session.optionalItems?.map(choose) ?? null };
    };

  return {
    updateEmail: (email) =>
      act({ updateEmail: email }, () => {
        if (email === "") throw new Refused("Your e-mail address is incomplete.", "incompleteEmail");
        if (email !== null && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
          throw new Refused("Your e-mail address is invalid.", "invalidEmail");
        }
        return { email };
      }),
    updatePhoneNumber: (phoneNumber) => act({ updatePhoneNumber: phoneNumber }, () => ({ phoneNumber })),
    updateIndividualName: (individualName) =>
      act({ updateIndividualName: individualName }, (session) => ({
        nameCollection: { ...nameCollection(session), individualName },
      })),
    updateBusinessName: (businessName) =>
      act({ updateBusinessName: businessName }, (session) => ({
        nameCollection: { ...nameCollection(session), businessName },
      })),
    updateShippingAddress: (shippingAddress) =>
      act({ updateShippingAddress: shippingAddress }, () => ({ shippingAddress })),
    updateBillingAddress: (billingAddress) => act({ updateBillingAddress: billingAddress }, () => ({ billingAddress })),
    updateShippingOption: (id) =>
      act({ updateShippingOption: id }, (session) => {
        const shippingOption = session.shippingOptions.find((option) => option.id === id);
        if (!shippingOption) throw no("There is no such shipping option.");
        const { minorUnitsAmount } = shippingOption;
        const { shippingRate, total } = session.total;
        const sum = total.minorUnitsAmount - shippingRate.minorUnitsAmount + minorUnitsAmount;
        return {
          shipping: { shippingOption, taxAmounts: null },
          total: {
            ...session.total,
            shippingRate: amountOf(minorUnitsAmount, session.currency),
            total: amountOf(sum, session.currency),
          },
        };
      }),
    updateTaxIdInfo: (taxIdInfo) => act({ updateTaxIdInfo: taxIdInfo }, () => ({ taxIdInfo })),
    updateLineItemQuantity: ({ lineItem, quantity }) =>
      act({ updateLineItemQuantity: { lineItem, quantity } }, (session) => {
        const item = session.lineItems.find(({ id }) => id === lineItem);
        if (!item) throw no("There is no such line item.");
        const { minimum = 1, maximum = 999_999 } = item.adjustableQuantity ?? {};
        if (!item.adjustableQuantity || !(quantity >= minimum && quantity <= maximum)) {
          throw no("The quantity cannot be changed to this.");
        }
        const changed = { ...item, quantity, subtotal: undefined, total: undefined };
        return {
          lineItems: session.lineItems.map((other) => (other === item ? changed : other)),
          total: { shippingRate: session.total.shippingRate },
        };
      }),
    addOptionalLineItem: (priceId) => act({ addOptionalLineItem: priceId }, select(priceId, true)),
    removeOptionalLineItem: (priceId) => act({ removeOptionalLineItem: priceId }, select(priceId, false)),
    applyPromotionCode: (promotionCode) =>
      act({ applyPromotionCode: promotionCode }, () => {
        // What a code is worth only a server can say.
        if (!onChange) throw new Refused("This code is invalid.", "invalidCode");
        return {};
      }),
    removePromotionCode: () => act({ removePromotionCode: true }, () => ({ discountAmounts: null })),
    validateElements: () => act({ validateElements: true }, () => ({})),
    confirm: async (args = {}) => {
      const { email, phoneNumber, billingAddress, shippingAddress } = args;
      await delay(timers, settings.latencyMs);
      const refused = (message: string): FakeResult => ({ type: "error", error: { message, code: null } });
      if (state.isPending()) return refused("An update is pending.");
      state.apply(withoutUndefined({ email, phoneNumber, billingAddress, shippingAddress }));
      state.publish();
      if (!state.session().canConfirm) return refused("The session cannot be confirmed.");
      if (settings.declineWith !== null) {
        const lastPaymentError = { message: settings.declineWith };
        state.apply({ lastPaymentError });
        state.publish();
        const paymentFailed = { declineCode: "generic_decline" };
        return { type: "error", error: { ...lastPaymentError, code: "paymentFailed", paymentFailed } };
      }
      return act({ confirm: args }, () => ({
        status: { type: "complete", paymentStatus: "paid" },
        lastPaymentError: null,
      }));
    },
  };
}

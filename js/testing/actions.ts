import { no, Refused, type Act } from "./act.js";
import type { Confirm } from "./payment.js";
import { amountOf } from "./session.js";
import type { FakeContact, FakeOptionalItem, FakeSession, SessionInit } from "./session-types.js";
import type { FakeResult } from "./updates.js";

type Success = Extract<FakeResult, { type: "success" }>;
type Failure<Code> = { type: "error"; error: { message: string; code: Code } };

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
  applyPromotionCode: (
    promotionCode: string,
  ) => Promise<Success | Failure<"invalidCode"> | Failure<"promotionCodeAmountInsufficient">>;
  removePromotionCode: () => Promise<FakeResult>;
  validateElements: () => Promise<Success>;
  confirm: Confirm;
}

/** What the customer enters into the Form, whose SDK therefore has no action for it. */
export const ENTERED = [
  "updateEmail",
  "updatePhoneNumber",
  "updateIndividualName",
  "updateBusinessName",
  "updateShippingAddress",
  "updateBillingAddress",
  "updateTaxIdInfo",
] as const satisfies (keyof FakeActions)[];

/** `codes` tells whether a server knows what a promotion code is worth. */
export function createActions(act: Act, confirm: Confirm, codes: boolean): FakeActions {
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
        if (!codes) throw new Refused("This code is invalid.", "invalidCode");
        return {};
      }),
    removePromotionCode: () =>
      act({ removePromotionCode: true }, ({ lineItems, total }) => ({
        discountAmounts: null,
        // A server works its totals out itself.
        ...(!codes && {
          lineItems: lineItems.map((item) => ({ ...item, discount: 0, discountAmounts: null, total: undefined })),
          total: { shippingRate: total.shippingRate },
        }),
      })),
    validateElements: () => act({ validateElements: true }, () => ({})),
    confirm,
  };
}

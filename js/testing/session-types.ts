// What Stripe.js 10 shows of a session, written out here so that a page without `@stripe/stripe-js` can use the
// stand-in too. A type test holds it against Stripe's own.

/** `minorUnitsAmount` counts cents; `amount` is ready to be shown. */
export type FakeAmount = { minorUnitsAmount: number; amount: string };

export type FakeContact = {
  name?: string | null;
  address: {
    country: string;
    line1?: string | null;
    line2?: string | null;
    city?: string | null;
    postal_code?: string | null;
    state?: string | null;
  };
};

type Interval = "day" | "month" | "week" | "year";
type EstimateBound = { unit: "business_day" | "day" | "hour" | "week" | "month"; value: number };

export type FakeDiscount = FakeAmount & {
  displayName: string;
  promotionCode: string | null;
  recurring: { type: "forever" } | { type: "repeating"; durationInMonths: number } | null;
  percentOff: number | null;
};

export type FakeTax = FakeAmount & { inclusive: boolean; displayName: string; percentage?: number };

type Tier = {
  upTo: number | null;
  unitAmount: FakeAmount | null;
  unitAmountDecimal: FakeAmount | null;
  flatAmount: FakeAmount | null;
  flatAmountDecimal: FakeAmount | null;
  quantity: number;
  total: FakeAmount | null;
};

export type FakeLineItem = {
  id: string;
  name: string;
  discount: FakeAmount;
  subtotal: FakeAmount;
  total: FakeAmount;
  taxExclusive: FakeAmount;
  taxInclusive: FakeAmount;
  unitAmount: FakeAmount;
  unitAmountDecimal: FakeAmount | null;
  description: string | null;
  quantity: number;
  unitLabel: string | null;
  discountAmounts: FakeDiscount[] | null;
  taxAmounts: FakeTax[] | null;
  recurring: { interval: Interval; intervalCount: number; usageType: "metered" | "licensed" } | null;
  adjustableQuantity: { maximum: number; minimum: number } | null;
  images: string[];
  priceId: string;
  isRemovable: boolean;
  pricing: { tiersMode: "graduated" | "volume"; tiers: Tier[]; recurringTiers: Tier[] | null } | null;
  transformQuantity: { divideBy: number; round: "up" | "down"; packageCount: number } | null;
};

export type FakeShippingOption = FakeAmount & {
  id: string;
  currency: string;
  displayName: string | null;
  deliveryEstimate: { maximum: EstimateBound | null; minimum: EstimateBound | null } | null;
};

export type FakeOptionalItem = {
  priceId: string;
  name: string;
  description: string | null;
  unitAmount: FakeAmount;
  unitAmountDecimal: FakeAmount | null;
  unitLabel: string | null;
  quantity: number;
  adjustableQuantity: { maximum: number; minimum: number } | null;
  recurring: { interval: Interval; intervalCount: number } | null;
  images: string[];
  isSelected: boolean;
};

export type FakeStatus =
  | { type: "open" }
  | { type: "expired" }
  | { type: "complete"; paymentStatus: "paid" | "unpaid" | "no_payment_required" };

type SavedPaymentMethod = {
  id: string;
  type: "card";
  card: { brand: string; expMonth: number; expYear: number; last4: string };
  billingDetails: {
    email?: string | null;
    name?: string | null;
    phone?: string | null;
    address?: { [K in keyof FakeContact["address"]]?: string | null } | null;
  };
};

/** The session as `getSession()` gives it. */
export interface FakeSession {
  billingAddress: FakeContact | null;
  businessName: string | null;
  nameCollection: { individualName: string | null; businessName: string | null } | null;
  canConfirm: boolean;
  currency: string;
  currencyOptions: Array<
    FakeAmount & { currency: string; currencyConversion?: { fxRate: number; sourceCurrency: string } }
  > | null;
  discountAmounts: FakeDiscount[] | null;
  email: string | null;
  id: string;
  lastPaymentError: { message: string } | null;
  lineItems: FakeLineItem[];
  livemode: boolean;
  minorUnitsAmountDivisor: number;
  phoneNumber: string | null;
  recurring: {
    interval: Interval;
    intervalCount: number;
    isProrated: boolean;
    dueNext: {
      subtotal: FakeAmount;
      total: FakeAmount;
      discount: FakeAmount;
      taxInclusive: FakeAmount;
      taxExclusive: FakeAmount;
      billingCycleAnchor: number | null;
    };
    trial: { trialEnd: number; trialPeriodDays: number } | null;
  } | null;
  savedPaymentMethods: SavedPaymentMethod[] | null;
  shipping: { shippingOption: FakeShippingOption; taxAmounts: FakeTax[] | null } | null;
  shippingAddress: FakeContact | null;
  shippingOptions: FakeShippingOption[];
  status: FakeStatus;
  surcharge: { status: "requires_input" } | { status: "complete" } | { status: "failed" } | null;
  tax: { status: "ready" } | { status: "requires_shipping_address" } | { status: "requires_billing_address" };
  taxAmounts: FakeTax[] | null;
  taxIdInfo: { taxId: { type: any; value: string }; businessName: string } | null;
  total: {
    appliedBalance: FakeAmount;
    balanceAppliedToNextInvoice: boolean;
    discount: FakeAmount;
    shippingRate: FakeAmount;
    subtotal: FakeAmount;
    surcharge: FakeAmount;
    taxExclusive: FakeAmount;
    taxInclusive: FakeAmount;
    total: FakeAmount;
  };
  optionalItems: FakeOptionalItem[] | null;
}

/** An amount, or just its minor units. */
export type AmountInit = FakeAmount | number;

/** What a session with subscriptions charges again. */
export type FakeRecurring = NonNullable<FakeSession["recurring"]>;

type Init<T> = { [K in keyof T]?: (T[K] extends FakeAmount ? AmountInit : T[K]) | undefined };

/**
 * As much of a session as the page or the test cares about. Amounts may be given as minor units, totals are added up
 * where they are left out, and `canConfirm` is calculated.
 */
export type SessionInit = Omit<Init<FakeSession>, "lineItems" | "recurring" | "total" | "canConfirm"> & {
  lineItems?: ReadonlyArray<Init<FakeLineItem>> | undefined;
  /** Without `dueNext`, the same is due again. */
  recurring?:
    | (Omit<Init<FakeRecurring>, "dueNext"> & { dueNext?: Init<FakeRecurring["dueNext"]> | undefined })
    | null
    | undefined;
  total?: Init<FakeSession["total"]> | undefined;
  canConfirm?: unknown;
};

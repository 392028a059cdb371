import type { AmountInit, FakeAmount, FakeLineItem, FakeSession, SessionInit } from "./session-types.js";

const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string): Intl.NumberFormat {
  const known = formats.get(currency);
  if (known) return known;
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  formats.set(currency, format);
  return format;
}

/** How many minor units make a major one: 100 for dollars, 1 for yen. */
const divisorOf = (currency: string): number => 10 ** (formatOf(currency).resolvedOptions().maximumFractionDigits ?? 2);

/** An amount as Stripe.js gives it. */
export function amountOf(minorUnitsAmount: number, currency = "usd"): FakeAmount {
  return { minorUnitsAmount, amount: formatOf(currency).format(minorUnitsAmount / divisorOf(currency)) };
}

const minor = (amount: AmountInit | null | undefined): number =>
  typeof amount === "number" ? amount : (amount?.minorUnitsAmount ?? 0);

function amounts<T extends object>(currency: string, given: T): { [K in keyof T]: FakeAmount } {
  const entries = Object.entries(given).map(([key, value]: [string, AmountInit]) => [
    key,
    typeof value === "number" ? amountOf(value, currency) : value,
  ]);
  return Object.fromEntries(entries) as { [K in keyof T]: FakeAmount };
}

function lineItem(
  given: NonNullable<SessionInit["lineItems"]>[number],
  position: number,
  currency: string,
): FakeLineItem {
  const item = defined(given);
  const quantity = item.quantity ?? 1;
  const unitAmount = item.unitAmount ?? 1000;
  const subtotal = item.subtotal ?? minor(unitAmount) * quantity;
  const { discount = 0, taxExclusive = 0, taxInclusive = 0 } = item;
  const total = item.total ?? minor(subtotal) - minor(discount) + minor(taxExclusive);
  return {
    id: `li_${position + 1}`,
    name: "Item",
    unitAmountDecimal: null,
    description: null,
    unitLabel: null,
    discountAmounts: null,
    taxAmounts: null,
    recurring: null,
    adjustableQuantity: null,
    images: [],
    priceId: `price_${position + 1}`,
    isRemovable: false,
    pricing: null,
    transformQuantity: null,
    ...item,
    quantity,
    ...amounts(currency, { unitAmount, subtotal, discount, taxExclusive, taxInclusive, total }),
  };
}

/** Fills in what a subscription was not given, for a session with these totals. */
function recurringOf(
  given: SessionInit["recurring"],
  { subtotal, total, discount, taxInclusive, taxExclusive }: FakeSession["total"],
  currency: string,
): FakeSession["recurring"] {
  if (!given) return null;
  const { dueNext = {}, ...rest } = defined(given);
  const { billingCycleAnchor = null, ...due } = defined(dueNext);
  const next = amounts(currency, { subtotal, total, discount, taxInclusive, taxExclusive, ...due });
  return {
    interval: "month",
    intervalCount: 1,
    isProrated: false,
    trial: null,
    ...rest,
    dueNext: { ...next, billingCycleAnchor },
  };
}

/** Fills in what a session was not given. */
export function completeSession(given: SessionInit): Omit<FakeSession, "canConfirm"> {
  const { lineItems: items, total: sums = {}, recurring, canConfirm: _, ...session } = defined(given);
  const currency = session.currency ?? "usd";
  const lineItems = (items ?? [{}]).map((item, position) => lineItem(item, position, currency));
  const sum = (key: "subtotal" | "discount" | "taxExclusive" | "taxInclusive") =>
    lineItems.reduce((whole, item) => whole + item[key].minorUnitsAmount, 0);
  const parts = {
    subtotal: sum("subtotal"),
    discount: sum("discount"),
    taxExclusive: sum("taxExclusive"),
    taxInclusive: sum("taxInclusive"),
    shippingRate: session.shipping?.shippingOption ?? 0,
    surcharge: 0,
    appliedBalance: 0,
    ...defined(sums),
  };
  const total =
    sums.total ??
    minor(parts.subtotal) -
      minor(parts.discount) +
      minor(parts.taxExclusive) +
      minor(parts.shippingRate) +
      minor(parts.surcharge) +
      minor(parts.appliedBalance);
  const { balanceAppliedToNextInvoice = false, ...money } = { ...parts, total } as typeof parts & SessionInit["total"];
  const totals = { ...shown(amounts(currency, money)), balanceAppliedToNextInvoice } as FakeSession["total"];
  return {
    id: "cs_test_fake",
    billingAddress: null,
    businessName: "Stand-in shop",
    nameCollection: null,
    currencyOptions: null,
    discountAmounts: null,
    email: "customer@example.com",
    lastPaymentError: null,
    livemode: false,
    minorUnitsAmountDivisor: divisorOf(currency),
    phoneNumber: null,
    recurring: recurringOf(recurring, totals, currency),
    savedPaymentMethods: null,
    shipping: null,
    shippingAddress: null,
    shippingOptions: [],
    status: { type: "open" },
    surcharge: null,
    tax: { status: "ready" },
    taxAmounts: null,
    taxIdInfo: null,
    optionalItems: null,
    ...session,
    currency,
    lineItems,
    total: totals,
  };
}

/** An amount may have come with more than an amount has, as a shipping option does. */
function shown(money: Record<string, FakeAmount>): Record<string, FakeAmount> {
  return Object.fromEntries(
    Object.entries(money).map(([key, { minorUnitsAmount, amount }]) => [key, { minorUnitsAmount, amount }]),
  );
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function defined<T extends object>(record: T): Defined<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Defined<T>;
}

export interface Decline {
  message: string;
  declineCode: string;
}

/** Stripe's test cards that are declined: the number, the end of the test payment method's id, and how. */
const DECLINED: [number: string, suffix: string, decline: Decline][] = [
  ["4000000000000002", "", { declineCode: "generic_decline", message: "Your card was declined." }],
  [
    "4000000000009995",
    "InsufficientFunds",
    { declineCode: "insufficient_funds", message: "Your card has insufficient funds." },
  ],
  ["4000000000009987", "LostCard", { declineCode: "lost_card", message: "Your card was declined." }],
  ["4000000000009979", "StolenCard", { declineCode: "stolen_card", message: "Your card was declined." }],
  ["4000000000000069", "ExpiredCard", { declineCode: "expired_card", message: "Your card has expired." }],
  [
    "4000000000000127",
    "IncorrectCvc",
    { declineCode: "incorrect_cvc", message: "Your card's security code is incorrect." },
  ],
  [
    "4000000000000119",
    "ProcessingError",
    { declineCode: "processing_error", message: "An error occurred while processing your card. Try again later." },
  ],
];

/** How a payment with this card, or by this payment method (`pm_card_visa_chargeDeclined`), is declined. */
export function declineOf(card: string, paymentMethod: string | undefined): Decline | undefined {
  const number = card.replace(/\D/g, "");
  const suffix = /^pm_card_(?:visa_)?chargeDeclined(\w*)$/.exec(paymentMethod ?? "")?.[1];
  return DECLINED.find((declined) =>
    paymentMethod === undefined ? declined[0] === number : declined[1] === suffix,
  )?.[2];
}

import { isKnown, isTotalRight, verdictOfMessage } from "./facts.js";
import { duration } from "./times.js";

const differs = (facts) => verdictOfMessage(facts) === "differs";

/**
 * Everything that a column's sentence can be, the worst first: money before words. The first that holds is the column's
 * verdict.
 */
const TRUTHS = [
  {
    verdict: "differs",
    holds: ({ paid }) => paid !== null && paid.took.minorUnitsAmount !== paid.said.minorUnitsAmount,
    says: ({ paid }) => `the customer pays ${paid.took.amount} and the page said ${paid.said.amount}.`,
  },
  {
    verdict: "differs",
    holds: (facts) => facts.locked === null && !isTotalRight(facts),
    says: ({ truth, total }) => `the customer pays ${truth.amount} and the page says ${total.amount}.`,
  },
  {
    verdict: "differs",
    holds: ({ locked, truth }) => locked === null && truth.status !== "open",
    says: () => "Pay is open and the checkout is closed.",
  },
  {
    verdict: "differs",
    holds: (facts) => facts.message.claim === "yes" && differs(facts),
    says: ({ wanted, has }) => `the page says that the change was made; the customer wanted ${wanted} and gets ${has}.`,
  },
  {
    verdict: "differs",
    holds: differs,
    says: ({ has }) => `the page says that the change failed, but it was made; the customer gets ${has}.`,
  },
  {
    verdict: "differs",
    holds: ({ control, has }) => control !== has,
    says: ({ control, has }) => `the control shows ${control} and the customer gets ${has}.`,
  },
  {
    verdict: "in doubt",
    holds: (facts) => verdictOfMessage(facts) === "in doubt",
    says: () => "the page does not know yet, and says so.",
  },
  {
    verdict: "differs",
    holds: (facts) => !isTotalRight(facts),
    says: ({ total, truth }) => `the page says ${total.amount} and the order is ${truth.amount}; Pay is locked.`,
  },
  {
    verdict: "agrees",
    holds: ({ doubt }) => doubt !== null,
    says: ({ doubt, total }) =>
      `in doubt for ${duration(doubt.ms)} with Pay locked, then the true total, ${total.amount}.`,
  },
  {
    verdict: "agrees",
    holds: () => true,
    says: ({ total }) => `everything the customer reads is true, and the total is ${total.amount}.`,
  },
];

/** A column's verdict, the worst that is true of it, as `{ verdict, text }`; `null` until something is known. */
export function verdictOf(facts) {
  if (!isKnown(facts)) return null;
  const { verdict, says } = TRUTHS.find(({ holds }) => holds(facts));
  return { verdict, text: says(facts) };
}

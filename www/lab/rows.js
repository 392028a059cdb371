import { isKnown, isTotalRight, verdictOfMessage } from "./facts.js";
import { ANSWERED, duration } from "./times.js";

export const NO_MESSAGE = "No message";

const judged = (isTrue) => (isTrue ? "agrees" : "differs");

/**
 * The rows of the table. `value` gives a cell's text, `null` where there is none yet. `verdict` compares it with the
 * server, once there is something to compare. An `optional` row is shown only where a column has something in it.
 */
export const ROWS = [
  {
    label: "The customer first reads",
    optional: true,
    value: ({ doubt }) => doubt && `${doubt.text} (for ${duration(doubt.ms)})`,
  },
  {
    label: "The customer reads",
    value: ({ message }) => message && (message.text ?? NO_MESSAGE),
    verdict: verdictOfMessage,
  },
  {
    label: "The control shows",
    value: ({ control }) => control,
    verdict: ({ control, has }) => judged(control === has),
  },
  {
    label: "The page's total",
    value: ({ total }) => total.amount,
    verdict: (facts) => judged(isTotalRight(facts)),
  },
  {
    label: "The server has",
    value: ({ truth, has }) => truth && `${has}, ${truth.amount}${truth.status === "open" ? "" : ", closed"}`,
  },
  {
    label: "Pay is",
    value: ({ locked }) => (locked === null ? "open" : `locked: ${locked}`),
    verdict: (facts) => judged(facts.locked !== null || (isTotalRight(facts) && facts.truth.status === "open")),
  },
  {
    label: "The customer paid",
    optional: true,
    value: ({ paid }) => paid && paid.took.amount,
    verdict: ({ paid }) => paid && judged(paid.took.minorUnitsAmount === paid.said.minorUnitsAmount),
  },
  { label: ANSWERED, value: ({ took }) => (took === null ? null : duration(took)) },
  { label: "Requests that arrived", value: ({ requests }) => (requests === null ? null : String(requests)) },
];

/** What a cell says: its text and its verdict, "" where there is none. */
export function cellOf({ value, verdict }, facts) {
  return { text: value(facts), verdict: (isKnown(facts) && verdict?.(facts)) || "" };
}

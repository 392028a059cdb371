const PLANS = { month: "Monthly", year: "Yearly" };

/** What the control of this kind shows for a session, the page's or the server's. */
export function shownOf(session, kind) {
  const items = session.items ?? session.lineItems;
  if (kind === "quantity") return String(items.at(-1).quantity);
  return PLANS[session.items ? items[0].interval : session.recurring.interval];
}

/**
 * The facts of a column. Its rows and its verdict are made of these and of nothing else. What is not known yet is
 * `null`.
 *
 * - `message`: what the customer reads, `{ text, claim }`; the claim is "yes", "no" or "unknown" of the change, or `null`
 * - `doubt`: a message of doubt that was there and has been removed, `{ text, ms }`
 * - `truth`: the session as the server has it; `has`: what the control should show by that
 * - `locked`: why Pay is locked
 * - `paid`: what a customer has paid and what the page said, `{ took, said }`, two amounts
 */
export function factsOf({ kind, before, session, control, whyLocked, ...known }) {
  const { wanted, message = null, doubt = null, took = null, truth = null, requests = null, paid = null } = known;
  return {
    ...{ wanted, message, doubt, took, truth, requests, paid },
    before: shownOf(before, kind),
    has: truth && shownOf(truth, kind),
    control: control(),
    total: session().total.total,
    locked: whyLocked(),
  };
}

/** Whether the column can be judged: the customer has had an answer, and the server has been asked. */
export const isKnown = ({ message, truth }) => message !== null && truth !== null;

export const isTotalRight = ({ total, truth }) => total.minorUnitsAmount === truth.minorUnitsAmount;

/** "agrees", "differs", or "in doubt": a sentence of doubt is not false, but nor does it tell the customer what is true. */
export function verdictOfMessage({ message: { claim }, has, wanted, before }) {
  if (claim === "unknown") return "in doubt";
  const isTrue = claim === null || has === (claim === "yes" ? wanted : before);
  return isTrue ? "agrees" : "differs";
}

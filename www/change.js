import { announce, clearProblem, showProblem } from "./messages.js";

/**
 * Asks the server for one change and says how it went. What the page shows is drawn from the session alone, so after a
 * failure a control stands where the session stands.
 */
export async function change({ updates, actions }, name, intent, { problem, done }) {
  clearProblem(problem);
  const outcome = await updates.run(actions, name, intent);
  if (outcome.type === "error") showProblem(problem, outcome.error.message);
  if (outcome.type === "success") announce(done(outcome.session));
  return outcome;
}

/** What is said after a change of the cart. */
export const newTotal = (session) => `Order updated. Total ${session.total.total.amount}.`;

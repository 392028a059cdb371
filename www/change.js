import { announce, clearProblem, clearWhenCalm, showProblem } from "./messages.js";

/**
 * Asks the server for one change and shows how it went. The page is drawn from the session alone, so after a failure a
 * control shows what the session has.
 */
export async function change({ updates, actions }, name, intent, { problem, done }) {
  clearProblem(problem);
  const outcome = await updates.run(actions, name, intent);
  if (outcome.type === "error") {
    showProblem(problem, outcome.error.message);
    clearWhenCalm(updates, problem);
  }
  if (outcome.type === "success") announce(done(outcome.session));
  return outcome;
}

/** The announcement after a change of the cart. */
export const newTotal = (session) => `Order updated. Total ${session.total.total.amount}.`;

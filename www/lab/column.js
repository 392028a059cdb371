import { factsOf } from "./facts.js";

/** What a customer reads where there is no message. */
const NOTHING = { text: null, claim: null };

/** What is known of one column, as an experiment goes on. `onNews` is called after each piece of it. */
export function createColumn(onNews) {
  let state = null;
  let start = 0;

  const learn = (news) => {
    Object.assign(state, news);
    onNews();
  };

  return {
    /** A new experiment: its checkout, what the customer wants, and how this column does things. */
    begin: (opened) => {
      state = { ...opened };
      onNews();
    },
    /** The customer presses. */
    start: () => void (start = performance.now()),
    /** What the customer reads, and what that claims of the change: "yes", "no" or "unknown". */
    tell: (text, claim) => learn({ message: { text, claim }, took: performance.now() - start }),
    /** There is nothing to say. */
    tellNothing: () => learn({ message: NOTHING, took: performance.now() - start }),
    /** The doubt has ended after so long, and with it the message that spoke of it. */
    withdraw: (ms) => learn({ doubt: { text: state.message.text, ms }, message: NOTHING }),
    /** The customer is back from another page, wants what was chosen there, and has been told nothing yet. */
    comeBack: (wanted) => {
      start = performance.now();
      learn({ message: NOTHING, doubt: null, took: null, truth: null, wanted });
    },
    draw: onNews,
    /** What the server has, and how many requests have reached it. */
    learn: (truth, requests) => learn({ truth, requests }),
    id: () => state.session().id,
    facts: () => state && factsOf(state),
  };
}

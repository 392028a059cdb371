import { factsOf } from "./facts.js";

/** What a customer reads where there is no message. */
const NOTHING = { text: null, claim: null };

/** What is known of one column while an experiment runs. `onNews` is called after each change. */
export function createColumn(onNews) {
  let state = null;
  let start = 0;

  const learn = (news) => {
    Object.assign(state, news);
    onNews();
  };

  return {
    /** Starts a new experiment with its checkout and what the customer wants. */
    begin: (opened) => {
      state = { ...opened };
      onNews();
    },
    /** The page was opened again: from here on this one is looked at. */
    reopen: ({ session, control, whyLocked }) => learn({ session, control, whyLocked }),
    /** The customer presses. */
    start: () => void (start = performance.now()),
    /** Sets what the customer reads, and what that claims about the change: "yes", "no" or "unknown". */
    tell: (text, claim) => learn({ message: { text, claim }, took: performance.now() - start }),
    /** The page has made sure, and has no message. */
    tellNothing: () => learn({ message: NOTHING, took: performance.now() - start }),
    /** The doubt has ended after so many milliseconds, and its message is removed. */
    withdraw: (ms) => learn({ doubt: { text: state.message.text, ms }, message: NOTHING }),
    /** The customer is back from another page and wants what was chosen there. */
    comeBack: (wanted) => {
      start = performance.now();
      learn({ message: NOTHING, doubt: null, took: null, truth: null, wanted });
    },
    /** The customer has paid this, after the page had said that; both are amounts. */
    pay: (said, took) => learn({ paid: { said, took } }),
    draw: onNews,
    /** Sets what the server has, and how many requests have reached it. */
    learn: (truth, requests) => learn({ truth, requests }),
    id: () => state.session().id,
    facts: () => state && factsOf(state),
  };
}

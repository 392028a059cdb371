import { fromTemplate, setText } from "../dom.js";

const WORDS = { month: "Monthly", year: "Yearly" };

/**
 * One column: what the page says and shows, beside what the server has. A row agrees where both are the same, and where
 * the page says that it does not know and lets nobody pay.
 */
export function createColumn(place) {
  const body = place.appendChild(document.createElement("table")).createTBody();
  place.querySelector("table").className = "facts";
  const rows = new Map();
  let state = null;

  function row(label) {
    if (!rows.has(label)) {
      const element = fromTemplate("fact-template");
      setText(element.querySelector("th"), label);
      body.append(element);
      rows.set(label, element);
    }
    return rows.get(label);
  }

  function show(label, text, agrees = null) {
    const element = row(label);
    setText(element.querySelector(".fact"), text);
    const [sign, word] = agrees === null ? ["", ""] : agrees ? ["✓", "agrees"] : ["✕", "differs"];
    setText(element.querySelector(".sign"), sign);
    setText(element.querySelector(".word"), word);
    element.dataset.verdict = word;
  }

  function draw() {
    const { told, took, truth, requests } = state ?? {};
    const session = state?.session();
    const control = state?.control();
    const total = session?.total.total;
    const locked = state?.whyLocked();
    const sameTotal = total && truth && total.minorUnitsAmount === truth.minorUnitsAmount;
    const has = truth && shownOf(truth, state.kind);

    show("The customer wanted", state?.wanted ?? "–");
    show("The customer reads", told?.text ?? "–", told && truth ? isTrue(told.claim, truth, state) : null);
    show("The control shows", control ?? "–", told && truth ? control === has : null);
    show("The page's total", total?.amount ?? "–", told && truth ? sameTotal : null);
    show("The server has", truth ? `${has}, ${truth.amount}${truth.status === "open" ? "" : ", closed"}` : "–");
    const canPay = Boolean(state) && locked === null;
    show(
      "Pay is",
      state ? (canPay ? "open" : `locked: ${locked}`) : "–",
      told && truth ? !canPay || (sameTotal && truth.status === "open") : null,
    );
    show("It took", took === undefined ? "–" : duration(took));
    show("Requests that arrived", requests === undefined ? "–" : String(requests));
  }
  draw();

  return {
    /** A new experiment: its checkout, and how this column does things. */
    begin: (given) => {
      state = { ...given };
      draw();
    },
    start: () => {
      state.start = performance.now();
    },
    /** What the customer is told, and what that claims of the change: "yes", "no" or "unknown". */
    tell: (text, claim) => {
      Object.assign(state, { told: { text, claim }, took: performance.now() - state.start });
      draw();
    },
    /** The customer is here again, and wants what was chosen elsewhere. Until `tell`, nothing has been measured. */
    comeBack: (text, wanted) => {
      Object.assign(state, { told: { text, claim: null }, took: undefined, wanted, start: performance.now() });
      draw();
    },
    /** What the server has, and how many requests have reached it. */
    learn: (truth, requests) => {
      Object.assign(state, { truth, requests });
      draw();
    },
    draw,
    id: () => state.session().id,
    /** In one sentence, for those who do not see it. */
    summary: () =>
      `${state.told?.text ?? ""} Page ${state.session().total.total.amount}, server ${state.truth?.amount}.`,
  };
}

/** What a session's control stands at, on the page as on the server. */
export function shownOf(session, kind) {
  const items = session.items ?? session.lineItems;
  if (kind === "quantity") return String(items.at(-1).quantity);
  return WORDS[session.items ? items[0].interval : session.recurring.interval];
}

/** "Unknown" is true: it claims nothing. Where nothing is said, nothing can be true. */
function isTrue(claim, truth, { before, wanted, kind }) {
  const now = shownOf(truth, kind);
  if (claim === null) return null;
  if (claim === "yes") return now === wanted;
  return claim === "unknown" || now === shownOf(before, kind);
}

export const duration = (ms) => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);

import { byId, setText } from "./dom.js";

/** Says in the live region beside a control what went wrong. */
export function showProblem(place, message) {
  setText(place, message);
}

export function clearProblem(place) {
  setText(place, "");
}

/** Tells those who do not see the page change that it did. */
export function announce(message) {
  setText(byId("status"), message);
}

import { byId, setText } from "./dom.js";

/** Says in the live region beside a control what went wrong. */
export function showProblem(place, message) {
  setText(place, message);
}

export function clearProblem(place) {
  setText(place, "");
}

/** Removes a message about a doubtful update when the doubt is over: the page shows what is true by then. */
export function clearWhenCalm(updates, place) {
  const message = place.textContent;
  if (!updates.isStale()) return;
  const unsubscribe = updates.subscribe(() => {
    if (updates.isStale()) return;
    unsubscribe();
    if (place.textContent === message) clearProblem(place);
  });
}

/** Tells those who do not see the page change that it did. */
export function announce(message) {
  setText(byId("status"), message);
}

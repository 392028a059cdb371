import { byId, setText } from "./dom.js";

/** Shows a message in the live region next to a control. */
export function showProblem(place, message) {
  setText(place, message);
}

export function clearProblem(place) {
  setText(place, "");
}

/** Removes a message about an update in doubt when the doubt is over and the page shows the true order. */
export function clearWhenCalm(updates, place) {
  const message = place.textContent;
  if (!updates.isStale()) return;
  const unsubscribe = updates.subscribe(() => {
    if (updates.isStale()) return;
    unsubscribe();
    if (place.textContent === message) clearProblem(place);
  });
}

/** Announces a change to screen readers. */
export function announce(message) {
  setText(byId("status"), message);
}

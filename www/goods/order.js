import { change, newTotal } from "../change.js";
import { fromTemplate } from "../dom.js";
import { actionsOf } from "./actions.js";

/**
 * The buttons that move an item up or down the list. A press sends the place where the item is to stand, and counts from
 * the place that was asked for last.
 */
export function bindOrder(checkout) {
  const { updates, session } = checkout;

  function draw(element, item) {
    const { actions, problem } = actionsOf(element);
    if (!actions.querySelector(".mover")) actions.append(fromTemplate("mover-template"));
    const mover = actions.querySelector(".mover");
    const { lineItems } = session();
    const own = { line_item: item.id };
    const position =
      updates.pendingIntent("moveLineItem", own)?.position ?? lineItems.findIndex(({ id }) => id === item.id);
    mover.hidden = lineItems.length < 2;
    mover.setAttribute("aria-label", `Place of ${item.name}`);
    mover.setAttribute("aria-busy", String(updates.isPending("moveLineItem", own)));
    for (const button of mover.querySelectorAll("button")) {
      const step = Number(button.dataset.step);
      const next = position + step;
      button.setAttribute("aria-label", `Move ${item.name} ${step < 0 ? "up" : "down"}`);
      // Not `disabled`, which would take the focus away.
      button.setAttribute("aria-disabled", String(next < 0 || next >= lineItems.length));
      button.onclick = async () => {
        if (button.getAttribute("aria-disabled") === "true") return;
        const changed = change(checkout, "moveLineItem", { ...own, position: next }, { problem, done: newTotal });
        draw(element, item);
        await changed;
        draw(element, item);
      };
    }
  }
  return draw;
}

import { change, newTotal } from "../change.js";
import { fromTemplate, setText } from "../dom.js";
import { actionsOf } from "./actions.js";

/**
 * The stepper of each item. A press sends a quantity, not "one more", and counts from the quantity that was asked for
 * last: of several presses while an update is in flight only the last one is sent.
 */
export function bindQuantities(checkout, quantities) {
  const limits = new Map(quantities.map((limit) => [limit.name, limit]));
  const { updates } = checkout;

  async function set(element, item, quantity) {
    const intent = { line_item: item.id, quantity };
    const changed = change(checkout, "setQuantity", intent, { problem: actionsOf(element).problem, done: newTotal });
    // `subscribe` does not fire for a second press while the first is pending.
    drawStepper(element, item);
    await changed;
    const now = checkout.session().lineItems.find(({ id }) => id === item.id);
    if (now) drawStepper(element, now);
  }

  function drawStepper(element, item) {
    const stepper = element.querySelector(".stepper");
    const { minimum, maximum } = limits.get(item.name);
    const own = { line_item: item.id };
    const quantity = updates.pendingIntent("setQuantity", own)?.quantity ?? item.quantity;
    stepper.setAttribute("aria-label", `Quantity of ${item.name}`);
    stepper.setAttribute("aria-busy", String(updates.isPending("setQuantity", own)));
    setText(stepper.querySelector("output"), String(quantity));
    for (const button of stepper.querySelectorAll("button")) {
      const next = quantity + Number(button.dataset.step);
      button.setAttribute("aria-label", `${next < quantity ? "One fewer" : "One more"}: ${item.name}`);
      button.setAttribute("aria-disabled", String(next < minimum || next > maximum));
      button.onclick = () => {
        if (button.getAttribute("aria-disabled") === "false") void set(element, item, next);
      };
    }
  }

  return function drawActions(element, item) {
    if (!limits.has(item.name)) return;
    if (!element.querySelector(".stepper")) actionsOf(element).actions.append(fromTemplate("stepper-template"));
    drawStepper(element, item);
  };
}

import { change, newTotal } from "../change.js";
import { fromTemplate, make, setText } from "../dom.js";

/**
 * The stepper of each item. A press says the quantity that is wanted, not "one more", and counts from what was asked for
 * last, so that pressing on while an update runs sends the last quantity and no other.
 */
export function bindQuantities(checkout, quantities) {
  const limits = new Map(quantities.map((limit) => [limit.name, limit]));
  const { updates } = checkout;

  async function set(element, item, quantity) {
    const intent = { line_item: item.id, quantity };
    const changed = change(checkout, "setQuantity", intent, { problem: problemOf(element), done: newTotal });
    // Another press while one is pending is no news to those who subscribe.
    drawStepper(element, item);
    await changed;
    const now = checkout.session().lineItems.find(({ id }) => id === item.id);
    if (now) drawStepper(element, now);
  }

  function drawStepper(element, item) {
    const stepper = element.querySelector(".stepper");
    const { minimum, maximum } = limits.get(item.name);
    const own = { line_item: item.id };
    const quantity = updates.wanted("setQuantity", own)?.quantity ?? item.quantity;
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
    if (!element.querySelector(".stepper")) {
      const actions = make("div", "item-actions");
      actions.append(fromTemplate("stepper-template"));
      const problem = make("div", "problem item-problem");
      problem.setAttribute("role", "alert");
      element.append(actions, problem);
    }
    drawStepper(element, item);
  };
}

const problemOf = (element) => element.querySelector(".item-problem");

import { change, newTotal } from "../change.js";
import { fromTemplate, make, setText } from "../dom.js";

/**
 * The stepper of each item. A press says the quantity that is wanted, not "one more", so that pressing on while an
 * update runs sends the last quantity and no other.
 */
export function bindQuantities(checkout, quantities) {
  const limits = new Map(quantities.map((limit) => [limit.name, limit]));
  const wanted = new Map();

  async function set(element, item, quantity) {
    wanted.set(item.id, quantity);
    drawStepper(element, item);
    const intent = { line_item: item.id, quantity };
    const outcome = await change(checkout, "setQuantity", intent, { problem: problemOf(element), done: newTotal });
    if (outcome.type !== "cancelled" && wanted.get(item.id) === quantity) wanted.delete(item.id);
    const now = checkout.session().lineItems.find(({ id }) => id === item.id);
    if (now) drawStepper(element, now);
  }

  function drawStepper(element, item) {
    const stepper = element.querySelector(".stepper");
    const { minimum, maximum } = limits.get(item.name);
    const quantity = wanted.get(item.id) ?? item.quantity;
    stepper.setAttribute("aria-label", `Quantity of ${item.name}`);
    stepper.setAttribute("aria-busy", String(wanted.has(item.id)));
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

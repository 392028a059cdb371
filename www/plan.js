import { change } from "./change.js";
import { byId, setText } from "./dom.js";
import { billed, everyInterval } from "./words.js";

const isYearly = (session) => session.recurring?.interval === "year";

/**
 * The switch between the monthly and the yearly plan. Its label says what a press would do, as in Stripe's guide, so
 * its state is also said in words by a description.
 */
export function bindPlan(checkout) {
  const button = byId("change-subscription-interval");
  const problem = byId("plan-problem");

  // aria-busy and not `disabled`: a disabled button would lose the focus of those who use the keyboard.
  button.addEventListener("click", () => {
    if (checkout.updates.isPending("changeInterval")) return;
    const interval = isYearly(checkout.session()) ? "monthly" : "yearly";
    void change(checkout, "changeInterval", { interval }, { problem, done: newPlan });
  });

  return function draw(session) {
    byId("plan").hidden = !session.recurring;
    if (!session.recurring) return;
    const yearly = isYearly(session);
    button.setAttribute("aria-checked", String(yearly));
    button.setAttribute("aria-busy", String(checkout.updates.isPending("changeInterval")));
    setText(
      button.querySelector(".switch-label"),
      yearly ? "Use monthly subscription" : "Save with a yearly subscription",
    );
    setText(byId("plan-now"), `Now: ${billed(session.recurring).toLowerCase()}.`);
  };
}

function newPlan({ recurring, total }) {
  const next = `${recurring.dueNext.total.amount} ${everyInterval(recurring)}`;
  return `${billed(recurring)}. Due today ${total.total.amount}, then ${next}.`;
}

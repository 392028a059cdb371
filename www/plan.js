import { bindSwitch } from "/dist/switch.js";
import { byId } from "./dom.js";
import { announce } from "./messages.js";
import { billed, everyInterval } from "./words.js";

const isYearly = ({ recurring }) => recurring?.interval === "year";

/** The switch between the monthly and the yearly plan. Its label stays and its state changes. */
export function bindPlan({ sdk, actions, updates, session }) {
  byId("plan").hidden = !session().recurring;
  if (!session().recurring) return;
  bindSwitch(byId("change-subscription-interval"), {
    ...{ updates, actions, sdk },
    status: byId("plan-problem"),
    name: "changeInterval",
    on: { interval: "yearly" },
    off: { interval: "monthly" },
    isOn: isYearly,
    onOutcome: (outcome) => {
      if (outcome.type === "success") announce(newPlan(outcome.session));
    },
  });
}

function newPlan({ recurring, total }) {
  const next = `${recurring.dueNext.total.amount} ${everyInterval(recurring)}`;
  return `${billed(recurring)}. Due today ${total.total.amount}, then ${next}.`;
}

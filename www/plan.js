import { bindSwitch } from "/dist/index.js";
import { byId } from "./dom.js";
import { announce, clearWhenCalm } from "./messages.js";
import { billed, everyInterval } from "./words.js";

const isYearly = ({ recurring }) => recurring?.interval === "year";

/** The switch between the monthly and the yearly plan. Its label stays and its state changes. */
export function bindPlan({ actions, updates, session }) {
  byId("plan").hidden = !session().recurring;
  if (!session().recurring) return () => {};
  const status = byId("plan-problem");
  const { set } = bindSwitch(byId("change-subscription-interval"), {
    ...{ updates, actions, status },
    name: "changeInterval",
    on: { interval: "yearly" },
    off: { interval: "monthly" },
    isOn: isYearly,
    onOutcome: (outcome) => {
      if (outcome.type === "success") announce(newPlan(outcome.session));
      clearWhenCalm(updates, status);
    },
  });
  // The session may have changed in another way than by this switch.
  return (now) => set(isYearly(now));
}

function newPlan({ recurring, total }) {
  const next = `${recurring.dueNext.total.amount} ${everyInterval(recurring)}`;
  return `${billed(recurring)}. Due today ${total.total.amount}, then ${next}.`;
}

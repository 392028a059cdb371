import { useCheckoutElements } from "@stripe/react-stripe-js/checkout";
import { useUpdate } from "checkout-updates/react";
import { updates } from "./updates.js";

/** The switch between the monthly and the yearly plan. It shows what the customer has asked for, or else the session. */
export function ChangeSubscriptionInterval() {
  const state = useCheckoutElements();
  const checkout = state.type === "success" ? state.checkout : null;
  const { run, pending, pendingIntent, failure } = useUpdate(updates, checkout, "changeInterval");

  if (!checkout?.recurring) return null;
  const isYearly = pendingIntent ? pendingIntent.interval === "yearly" : checkout.recurring.interval === "year";

  // The label stays and the state changes: "Use monthly subscription, on" would say the opposite when it is read out.
  return (
    <div id="plan">
      <button
        type="button"
        className="switch"
        role="switch"
        aria-checked={isYearly}
        aria-busy={pending}
        onClick={() => void run({ interval: isYearly ? "monthly" : "yearly" })}
      >
        <span className="switch-track" aria-hidden="true" />
        <span className="switch-label">Yearly subscription</span>
      </button>
      <div className="problem" role="alert">
        {failure?.message}
      </div>
    </div>
  );
}

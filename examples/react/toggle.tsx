import { useCheckoutElements } from "@stripe/react-stripe-js/checkout";
import { useUpdate } from "checkout-updates/react";
import { updates } from "./updates.js";

/** The switch between the monthly and the yearly plan. It stands where the session stands, so nothing is put back. */
export function ChangeSubscriptionInterval() {
  const state = useCheckoutElements();
  const checkout = state.type === "success" ? state.checkout : null;
  const { run, pending, failure } = useUpdate(updates, checkout, "changeInterval");

  if (!checkout?.recurring) return null;
  const isYearly = checkout.recurring.interval === "year";

  // aria-busy and not `disabled`: a disabled button would lose the focus of those who use the keyboard.
  return (
    <div id="plan">
      <button
        type="button"
        className="switch"
        role="switch"
        aria-checked={isYearly}
        aria-busy={pending}
        onClick={() => {
          if (!pending) void run({ interval: isYearly ? "monthly" : "yearly" });
        }}
      >
        <span className="switch-track" aria-hidden="true" />
        <span className="switch-label">
          {isYearly ? "Use monthly subscription" : "Save with a yearly subscription"}
        </span>
      </button>
      <div className="problem" role="alert">
        {failure?.message}
      </div>
    </div>
  );
}

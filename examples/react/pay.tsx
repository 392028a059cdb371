import { PaymentElement, type StripeCheckoutElementsValue } from "@stripe/react-stripe-js/checkout";
import { usePay, useUpdatesState } from "checkout-updates/react";
import { useState, type SubmitEvent } from "react";
import { updates } from "./updates.js";

/** Why the customer cannot pay yet, or `null` if they can. */
function useReason(checkout: StripeCheckoutElementsValue): string | null {
  const { pending, stale } = useUpdatesState(updates, checkout);
  if (pending) return "Updating your order…";
  if (stale) return "Checking your order with the shop…";
  return checkout.canConfirm ? null : "Enter your e-mail address to pay.";
}

/** The customer's details and the Pay button. A total that the page has not shown is never charged. */
export function Pay({ checkout }: { checkout: StripeCheckoutElementsValue }) {
  const reason = useReason(checkout);
  const { pay, paying, blocked } = usePay(updates, checkout);
  const [email, setEmail] = useState("");
  const [problem, setProblem] = useState("");

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    if (reason || paying) return;
    setProblem("");
    const outcome = await pay((checkout) => checkout.confirm({ redirect: "if_required" }));
    if (outcome.type === "confirmed" && outcome.result.type === "error") setProblem(outcome.result.error.message);
  }

  if (checkout.status.type === "complete")
    return (
      <p className="column" role="status">
        Thank you. Your order is confirmed.
      </p>
    );
  return (
    <form className="column" onSubmit={submit} noValidate>
      <section aria-labelledby="contact-heading">
        <h2 id="contact-heading">Contact</h2>
        <div className="field">
          <label htmlFor="email">E-mail</label>
          <input
            id="email"
            type="email"
            autoComplete="email"
            value={email}
            onChange={({ target }) => setEmail(target.value)}
            onBlur={() => void checkout.updateEmail(email)}
          />
        </div>
      </section>
      <section aria-labelledby="payment-heading">
        <h2 id="payment-heading">Payment</h2>
        <PaymentElement />
      </section>
      <div className="submit">
        <button type="submit" className="primary" disabled={reason !== null} aria-busy={paying} aria-describedby="hint">
          Pay {checkout.total.total.amount}
        </button>
        <p className="hint" id="hint">
          {reason}
        </p>
        <div className="problem" role="alert">
          {problem || blocked?.message}
        </div>
      </div>
    </form>
  );
}

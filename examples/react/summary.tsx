import type { StripeCheckoutElementsValue } from "@stripe/react-stripe-js/checkout";
import { ChangeSubscriptionInterval } from "./toggle.js";

/** The order as the session has it. */
export function Summary({ checkout }: { checkout: StripeCheckoutElementsValue }) {
  const { lineItems, recurring, status, total } = checkout;
  const isPaid = status.type === "complete";
  return (
    <section className={isPaid ? "column paid-for" : "column"} aria-labelledby="summary-heading">
      <h1 id="summary-heading" className="visually-hidden">
        Order summary
      </h1>
      <div className="due">
        <p className="due-label">{isPaid ? "Paid" : "Due today"}</p>
        <p className="due-amount">{total.total.amount}</p>
        {recurring && (
          <p className="due-terms">
            then {recurring.dueNext.total.amount} per {recurring.interval}
          </p>
        )}
      </div>
      <ul>
        {lineItems.map(({ id, name, subtotal }) => (
          <li className="item" key={id}>
            <span className="tile" aria-hidden="true">
              {name.slice(0, 1)}
            </span>
            <span className="item-name">{name}</span>
            <span className="item-amount">{subtotal.amount}</span>
          </li>
        ))}
      </ul>
      <ChangeSubscriptionInterval />
      <dl className="totals">
        <div>
          <dt>Subtotal</dt>
          <dd>{total.subtotal.amount}</dd>
        </div>
        <div>
          <dt>Tax</dt>
          <dd>{total.taxExclusive.amount}</dd>
        </div>
        <div className="grand">
          <dt>Total due today</dt>
          <dd>{total.total.amount}</dd>
        </div>
      </dl>
    </section>
  );
}

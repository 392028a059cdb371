/**
 * The snippet of Stripe's guide, as it stands there: `fetch` inside `runServerUpdate`, and `response.ok` checked on its
 * result. What runServerUpdate gives has no `ok`, so this says that the change failed whatever happened.
 */
export async function changePlan({ actions, button, tell }) {
  const isCurrentSubscriptionMonthly = button.getAttribute("aria-checked") === "false";
  const updateCheckout = () =>
    fetch("/change-subscription-interval", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        checkout_session_id: actions.getSession().id,
        interval: isCurrentSubscriptionMonthly ? "yearly" : "monthly",
      }),
    });
  try {
    const response = await actions.runServerUpdate(updateCheckout);
    if (!response.ok) {
      tell("This change could not be made.", "no");
      return;
    }
  } catch {
    tell("This change could not be made.", "no");
    return;
  }
  button.setAttribute("aria-checked", String(isCurrentSubscriptionMonthly));
  tell("Your order was updated.", "yes");
}

/** The same for a stepper: one more than the session says. */
export async function oneMore({ actions, tell }) {
  const item = actions.getSession().lineItems.at(-1);
  const updateCheckout = () =>
    fetch("/update-line-item-quantity", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        checkout_session_id: actions.getSession().id,
        line_item: item.id,
        quantity: item.quantity + 1,
      }),
    });
  try {
    const response = await actions.runServerUpdate(updateCheckout);
    if (!response.ok) {
      tell("This change could not be made.", "no");
      return;
    }
  } catch {
    tell("This change could not be made.", "no");
    return;
  }
  tell("Your order was updated.", "yes");
}

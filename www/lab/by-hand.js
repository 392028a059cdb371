/** Whether a change was successful. The guide checks `ok`, which is always undefined; `type` is Stripe.js's answer. */
export const CHECKS = {
  ok: (response) => response.ok,
  type: (response) => response.type === "success",
};

/** The snippet from Stripe's guide: `fetch` inside `runServerUpdate`, then a check of the result. */
export async function changePlan({ actions, button, tell, check }) {
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
  const isDone = await isMade(actions, updateCheckout, { tell, check });
  if (isDone) button.setAttribute("aria-checked", String(isCurrentSubscriptionMonthly));
}

/** The same for a stepper: one more than the session has. */
export async function oneMore({ actions, tell, check }) {
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
  await isMade(actions, updateCheckout, { tell, check });
}

async function isMade(actions, updateCheckout, { tell, check }) {
  try {
    const response = await actions.runServerUpdate(updateCheckout);
    if (!check(response)) {
      tell("This change could not be made.", "no");
      return false;
    }
  } catch {
    tell("This change could not be made.", "no");
    return false;
  }
  tell("Your order was updated.", "yes");
  return true;
}

/** Pays as pages do: Pay waits for the update that is under way, and then confirms what there is. */
export async function payOnceUpdated({ actions, sdk }) {
  while (!actions.getSession().canConfirm) {
    await new Promise((resolve) => void sdk.on("change", resolve));
  }
  return actions.confirm();
}

/** The wallet of Stripe's guide: the sheet opens at once, and its approval is confirmed. */
export function bindWallet(element, actions) {
  element.on("click", (event) => event.resolve());
  element.on("confirm", (event) => actions.confirm({ expressCheckoutConfirmEvent: event }));
}

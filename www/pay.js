import { bindExpressCheckout } from "/dist/express.js";
import { byId, make, setText } from "./dom.js";
import { announce, clearProblem, showProblem } from "./messages.js";

/** Why the customer cannot pay yet, or `null` if they can. */
function reason({ updates, session }) {
  if (updates.getSnapshot().paying) return "Paying…";
  if (updates.isPending()) return "Your total is being updated…";
  if (updates.isStale()) return "Your total is being checked…";
  if (session().status.type !== "open") return "This checkout is closed.";
  if (!session().canConfirm) return missing(session());
  return null;
}

/** The entry that is missing. `canConfirm` does not tell which, so the page checks itself. */
function missing({ email, shippingOptions, shippingAddress }) {
  if (!email) return "Enter your e-mail address to pay.";
  if (shippingOptions.length > 0 && !shippingAddress) return "Choose where to deliver to pay.";
  return "Fill in your payment details to pay.";
}

/** The Pay button and the wallets. Nothing can be paid while the order is changing or in doubt. */
export function bindPay(checkout) {
  const { sdk, actions, updates, session } = checkout;
  const button = byId("pay");
  const problem = byId("pay-problem");

  byId("checkout-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (reason(checkout)) return;
    clearProblem(problem);
    try {
      const outcome = await updates.pay(actions, () => actions.confirm());
      if (outcome.type === "confirmed") showEnd(outcome.result, session(), problem);
      else if (outcome.reason !== "cancelled") showProblem(problem, outcome.message);
    } catch {
      showProblem(problem, "The payment could not be made. Please try again.");
    }
  });

  const wallets = sdk.createExpressCheckoutElement();
  bindExpressCheckout(wallets, {
    updates,
    actions,
    confirm: async (_actions, event) => {
      clearProblem(problem);
      const result = await actions.confirm({ expressCheckoutConfirmEvent: event });
      showEnd(result, session(), problem);
      return result;
    },
    onBlocked: ({ message }) => showProblem(problem, message),
  });
  wallets.mount("#express-checkout-element");

  return function draw() {
    const why = reason(checkout);
    const { pending, stale, paying } = updates.getSnapshot();
    button.disabled = why !== null;
    button.setAttribute("aria-busy", String(paying || pending));
    // While the total may be wrong, the button does not show it.
    setText(byId("pay-label"), pending || stale ? "Pay" : `Pay ${session().total.total.amount}`);
    setText(byId("pay-hint"), why ?? "");
  };
}

/** How the payment ended. */
export function showEnd(result, session, problem) {
  if (result.type === "error") showProblem(problem, result.error.message);
  else showPaid(session);
}

function showPaid(session) {
  const note = make("div", "column paid");
  note.tabIndex = -1;
  note.append(make("h2", "", "Thank you"), make("p", "", `Your order of ${session.total.total.amount} is confirmed.`));
  if (!session.livemode) note.append(make("p", "", "This was a demo: no card was charged."));
  const again = make("a", "again", "Start a new order");
  again.href = location.href;
  const happened = byId("happened");
  happened.open = true;
  note.append(again, happened);
  const form = byId("checkout-form");
  form.hidden = true;
  form.after(note);
  announce("Thank you. Your order is confirmed.");
  note.focus();
}

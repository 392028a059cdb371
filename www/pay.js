import { byId, make, setText } from "./dom.js";
import { announce, clearProblem, showProblem } from "./messages.js";

/** Why the customer cannot pay yet; `null` when nothing stands in the way. */
function reason({ updates, session }) {
  if (updates.isPending()) return "Your total is being updated…";
  if (updates.isStale()) return "Your total is being checked…";
  if (session().status.type !== "open") return "This checkout is closed.";
  if (!session().canConfirm) return missing(session());
  return null;
}

/** What Stripe.js waits for. `canConfirm` does not tell what is missing, so the page looks itself. */
function missing({ email, shippingOptions, shippingAddress }) {
  if (!email) return "Enter your e-mail address to pay.";
  if (shippingOptions.length > 0 && !shippingAddress) return "Choose where to deliver to pay.";
  return "Fill in your payment details to pay.";
}

/** The Pay button. It is locked while the order is changing or in doubt. */
export function bindPay(checkout) {
  const button = byId("pay");
  const problem = byId("pay-problem");
  let paying = false;

  byId("checkout-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (paying || reason(checkout)) return;
    paying = true;
    clearProblem(problem);
    draw();
    const result = await confirm(checkout);
    paying = false;
    if (result.type === "error") showProblem(problem, result.error.message);
    else showPaid(checkout.session());
    draw();
  });

  function draw() {
    const why = reason(checkout);
    button.disabled = why !== null || paying;
    button.setAttribute("aria-busy", String(paying || checkout.updates.isPending()));
    // While the total may be wrong, the button does not show it.
    const isSure = !checkout.updates.isPending() && !checkout.updates.isStale();
    setText(byId("pay-label"), isSure ? `Pay ${checkout.session().total.total.amount}` : "Pay");
    setText(byId("pay-hint"), paying ? "Paying…" : (why ?? ""));
  }
  return draw;
}

async function confirm({ actions }) {
  try {
    return await actions.confirm();
  } catch {
    return { type: "error", error: { message: "The payment could not be made. Please try again." } };
  }
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

import { createUpdates } from "/dist/index.js";
import { endpoints } from "/endpoints.js";
import { bindContact } from "./contact.js";
import { byId } from "./dom.js";
import { bindHappened } from "./happened.js";
import { showProblem } from "./messages.js";
import { addressBy, cart, opening } from "./opening.js";
import { bindPay } from "./pay.js";
import { bindPlan } from "./plan.js";
import { Refusal, whereItRuns } from "./stripe.js";
import { drawSummary } from "./summary.js";

markCart();
start().catch((error) => {
  const refused = error instanceof Refusal;
  if (!refused) reportError(error);
  showClosed(refused ? error.message : "The checkout could not be opened. Please reload the page.");
});

async function start() {
  const { sdk, actions, publishableKey } = await opening;
  byId("demo-note").textContent = whereItRuns(publishableKey);
  // The lab makes updates fail on purpose, so it exists only on the sandbox.
  byId("lab-link").hidden = Boolean(publishableKey);
  const session = () => actions.getSession();
  const updates = createUpdates({ endpoints, session: () => session().id });
  const checkout = { sdk, actions, updates, session };

  const goods = cart === "goods" ? await openGoods(checkout) : null;
  bindPlan(checkout);
  const parts = [bindPay(checkout), bindHappened(checkout)];
  if (goods) parts.push(goods.draw);
  bindContact(checkout);
  sdk.createPaymentElement().mount("#payment-element");

  function draw() {
    const [pending, stale] = [updates.isPending(), updates.isStale()];
    drawSummary(session(), { pending, stale, drawActions: goods?.drawActions });
    for (const part of parts) part(session());
  }
  sdk.on("change", draw);
  updates.subscribe(draw);
  draw();
}

async function openGoods(checkout) {
  const [{ bindGoods }, catalogue] = await Promise.all([import("./goods/goods.js"), fetch("/catalogue")]);
  return bindGoods(checkout, await catalogue.json(), addressBy);
}

/** Without an order there is nothing to fill in. */
function showClosed(message) {
  byId("summary").setAttribute("aria-busy", "false");
  byId("due").hidden = true;
  byId("items").replaceChildren();
  byId("checkout-form").hidden = true;
  showProblem(byId("items-problem"), message);
}

function markCart() {
  for (const link of document.querySelectorAll(".demo a")) {
    const { pathname, searchParams } = new URL(link.href);
    const own = searchParams.get("cart") ?? "subscription";
    if (pathname === "/" && own === cart) link.setAttribute("aria-current", "page");
  }
}

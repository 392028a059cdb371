import { bindForm } from "/dist/express.js";
import { createUpdates } from "/dist/index.js";
import { endpoints } from "/endpoints.js";
import { change, newTotal } from "../change.js";
import { byId } from "../dom.js";
import { bindHappened } from "../happened.js";
import { clearProblem, showProblem } from "../messages.js";
import { showEnd } from "../pay.js";
import { openCheckout, Refusal, whereItRuns } from "../stripe.js";
import { drawSummary } from "../summary.js";

start().catch((error) => {
  const refused = error instanceof Refusal;
  if (!refused) reportError(error);
  byId("summary").setAttribute("aria-busy", "false");
  byId("checkout-form").hidden = true;
  showProblem(byId("items-problem"), refused ? error.message : "The checkout could not be opened. Please reload.");
});

async function start() {
  const { sdk, actions, publishableKey } = await openCheckout({ cart: "goods", ui_mode: "form" });
  byId("demo-note").textContent = whereItRuns(publishableKey);
  byId("lab-link").hidden = Boolean(publishableKey);
  const session = () => actions.getSession();
  const updates = createUpdates({ endpoints, session: () => session().id });
  const checkout = { sdk, actions, updates, session };
  const problem = byId("pay-problem");

  const form = sdk.createForm();
  bindForm(form, {
    updates,
    actions,
    confirm: async (_actions, event) => {
      clearProblem(problem);
      const result = await actions.confirm({ formConfirmEvent: event });
      showEnd(result, session(), problem);
      return result;
    },
    onBlocked: ({ message }) => showProblem(problem, message),
  });
  bindAddress(checkout, form);
  form.mount("#form-element");

  const drawHappened = bindHappened(checkout);
  function draw() {
    drawSummary(session(), { pending: updates.isPending(), stale: updates.isStale() });
    drawHappened();
  }
  sdk.on("change", draw);
  updates.subscribe(draw);
  draw();
}

/**
 * Sends one update for each address that the customer has completed. The Form tells of every key that is pressed, so
 * while an update runs only the last address waits.
 */
function bindAddress(checkout, form) {
  const problem = byId("address-problem");
  let sent = "";
  let next = null;
  let running = false;

  async function send() {
    if (running) return;
    running = true;
    while (next) {
      const intent = { shipping_details: next };
      next = null;
      await change(checkout, "calculateShippingOptions", intent, { problem, done: newTotal });
    }
    running = false;
  }

  form.on("change", ({ status, value }) => {
    const details = status.shippingAddress.complete ? withoutEmpty(value.shippingAddress) : null;
    if (!details || JSON.stringify(details) === sent) return;
    sent = JSON.stringify(details);
    next = details;
    void send();
  });
}

/** The address without the lines that the customer left empty. */
function withoutEmpty({ name, address }) {
  return { name, address: Object.fromEntries(Object.entries(address).filter(([, line]) => line)) };
}

import { byId, setText } from "../dom.js";
import { announce, clearProblem, showProblem } from "../messages.js";
import { newTotal } from "../change.js";

/** The promotion code. It goes straight to Stripe.js: Stripe knows the codes, not the shop's server. */
export function bindPromotion(checkout) {
  const { actions, session } = checkout;
  const form = byId("promotion");
  const input = byId("promotion-code");
  const button = byId("promotion-button");
  const problem = byId("promotion-problem");
  let busy = false;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (busy) return;
    const entered = input.value.trim();
    if (codeOf(session())) void run(() => actions.removePromotionCode());
    else if (entered) void run(() => actions.applyPromotionCode(entered));
    else fail("Enter a promotion code.");
  });

  async function run(action) {
    busy = true;
    clearProblem(problem);
    button.setAttribute("aria-busy", "true");
    const result = await action();
    busy = false;
    button.setAttribute("aria-busy", "false");
    if (result.type === "error") return fail(result.error.message);
    input.value = "";
    draw(session());
    announce(newTotal(session()));
  }

  function fail(message) {
    input.setAttribute("aria-invalid", "true");
    showProblem(problem, message);
    input.focus();
    // The order scrolls by itself where the window is low.
    problem.scrollIntoView({ block: "nearest" });
  }

  function draw(now) {
    form.hidden = false;
    const code = codeOf(now);
    byId("promotion-field").hidden = code !== null;
    byId("promotion-applied").hidden = code === null;
    setText(byId("promotion-applied"), code ? `Promotion code ${code}` : "");
    setText(button, code ? "Remove" : "Apply");
    if (code) button.setAttribute("aria-label", `Remove promotion code ${code}`);
    else button.removeAttribute("aria-label");
    if (!problem.textContent) input.removeAttribute("aria-invalid");
  }
  return draw;
}

/** The code that is applied. */
const codeOf = ({ discountAmounts }) =>
  discountAmounts?.find(({ promotionCode }) => promotionCode)?.promotionCode ?? null;

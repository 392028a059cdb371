import { byId } from "./dom.js";
import { clearProblem, showProblem } from "./messages.js";

/** The e-mail field. It goes straight to Stripe.js, not through the shop's server. */
export function bindContact({ actions, session }) {
  const input = byId("email");
  const problem = byId("email-problem");
  input.value = session().email ?? "";
  input.addEventListener("change", async () => {
    clearProblem(problem);
    const result = await actions.updateEmail(input.value.trim());
    const failed = result.type === "error";
    input.setAttribute("aria-invalid", String(failed));
    if (failed) showProblem(problem, result.error.message);
  });
}

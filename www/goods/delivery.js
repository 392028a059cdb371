import { change, newTotal } from "../change.js";
import { byId, drawList, fromTemplate, setText } from "../dom.js";
import { clearProblem, showProblem } from "../messages.js";

/** Where to and how fast. The address goes to Stripe.js; the server then sets the tax that holds there. */
export function bindDelivery(checkout, { countries, speeds }) {
  const country = byId("country");
  const state = byId("state");
  let pending = 0;

  byId("delivery").hidden = false;
  country.append(...countries.map(({ code, name }) => new Option(name, code)));
  country.addEventListener("change", () => {
    drawStates();
    void setAddress();
  });
  state.addEventListener("change", () => void setAddress());

  async function setAddress() {
    const problem = byId("address-problem");
    clearProblem(problem);
    pending += 1;
    const address = { country: country.value, state: state.value || null };
    const result = await checkout.actions.updateShippingAddress({ name: null, address });
    if (result.type === "error") showProblem(problem, result.error.message);
    else await change(checkout, "updateTax", {}, { problem, done: newTotal });
    pending -= 1;
    draw(checkout.session());
  }

  async function setSpeed(speed) {
    pending += 1;
    await change(checkout, "updateShipping", { speed }, { problem: byId("speed-problem"), done: newTotal });
    pending -= 1;
    draw(checkout.session());
  }

  function drawStates() {
    const states = countries.find(({ code }) => code === country.value)?.states ?? [];
    byId("state-field").hidden = states.length === 0;
    state.replaceChildren(...states.map(({ code, name }) => new Option(name, code)));
  }

  function drawAddress(address) {
    if (address.country !== country.value || state.options.length === 0) {
      country.value = address.country;
      drawStates();
    }
    if (address.state) state.value = address.state;
  }

  function draw(session) {
    // What the customer has just chosen stands until the answer is here; then what the session says.
    if (pending > 0) return;
    if (session.shippingAddress) drawAddress(session.shippingAddress.address);
    drawList(byId("speeds"), speeds, {
      key: ({ id }) => id,
      create: (speed) => {
        const element = fromTemplate("speed-template");
        const input = element.querySelector("input");
        input.value = speed.id;
        input.addEventListener("change", () => void setSpeed(speed.id));
        setText(element.querySelector(".speed-name"), speed.name);
        return element;
      },
      draw: (element, speed) => {
        const chosen = session.shipping?.shippingOption.displayName === speed.name;
        element.querySelector("input").checked = chosen;
        setText(element.querySelector(".speed-price"), speed.amount ?? "");
      },
    });
  }
  return draw;
}

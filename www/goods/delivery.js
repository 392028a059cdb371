import { change, newTotal } from "../change.js";
import { byId, drawList, fromTemplate, setText } from "../dom.js";
import { clearProblem, showProblem } from "../messages.js";

/** The address and the speed of delivery. The address goes to Stripe.js; the server then sets the tax for it. */
export function bindDelivery(checkout, { countries }) {
  const country = byId("country");
  const state = byId("state");
  let pending = 0;

  byId("delivery").hidden = false;
  offer(country, countries, "Choose a country");
  drawStates();
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
    offer(state, states, "Choose a state");
  }

  function drawAddress({ country: code, state: part }) {
    if (country.value !== code) {
      country.value = code;
      drawStates();
    }
    state.value = part ?? "";
  }

  function draw(session) {
    // Until the answer arrives, show what the customer has just chosen, and not the session.
    if (pending > 0) return;
    if (session.shippingAddress) drawAddress(session.shippingAddress.address);
    const chosen = session.shipping?.shippingOption.id;
    drawList(byId("speeds"), inOrder(session.shippingOptions), {
      key: speedOf,
      create: (option) => {
        const element = fromTemplate("speed-template");
        const speed = speedOf(option);
        const input = element.querySelector("input");
        input.value = speed;
        input.addEventListener("change", () => void setSpeed(speed));
        return element;
      },
      draw: (element, option) => {
        element.querySelector("input").checked = option.id === chosen;
        setText(element.querySelector(".speed-name"), option.displayName ?? "");
        setText(element.querySelector(".speed-days"), estimate(option.deliveryEstimate));
        setText(element.querySelector(".speed-price"), option.minorUnitsAmount === 0 ? "Free" : option.amount);
      },
    });
  }
  return draw;
}

/** Fills a select. Its first entry asks the customer to choose. */
function offer(select, places, prompt) {
  const first = new Option(prompt, "", true, true);
  first.disabled = true;
  select.replaceChildren(first, ...places.map(({ code, name }) => new Option(name, code)));
}

/** The word for an option in an intent. The server chooses the shipping rates and their prices. */
const speedOf = ({ displayName }) => (/express/i.test(displayName ?? "") ? "express" : "standard");

/** Standard is always first, so that the entries do not move when one is chosen. */
const inOrder = (options) => options.toSorted((one, other) => speedOf(other).localeCompare(speedOf(one)));

function estimate(days) {
  if (!days?.minimum || !days.maximum) return "";
  return `${days.minimum.value}–${days.maximum.value} ${days.maximum.unit.replace("_", " ")}s`;
}

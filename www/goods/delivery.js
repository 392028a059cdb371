import { change, newTotal } from "../change.js";
import { byId, drawList, fromTemplate, make, setText } from "../dom.js";
import { clearProblem, showProblem } from "../messages.js";

const RECIPIENT = { name: "recipient-name", line1: "line1", city: "city", postal_code: "postal-code" };

/**
 * The address and the speed of delivery. The address goes to Stripe.js, and the server then sets the tax for it; or with
 * `addressBy` of "server" it goes to the server, which sets the address, the ways of shipping and the tax in one update.
 */
export function bindDelivery(checkout, { countries }, addressBy) {
  const country = byId("country");
  const state = byId("state");
  const setAddress = addressBy === "server" ? sendAddress : tellStripe;
  let pending = 0;
  let sent = "";

  byId("delivery").hidden = false;
  drawAddressBy(addressBy);
  offer(country, countries, "Choose a country");
  drawStates();
  country.addEventListener("change", () => {
    drawStates();
    void setAddress();
  });
  state.addEventListener("change", () => void setAddress());
  byId("recipient").addEventListener("change", () => void setAddress());

  /** One update for each address that is complete. */
  async function sendAddress() {
    const details = addressEntered();
    if (!details || sent === JSON.stringify(details)) return;
    sent = JSON.stringify(details);
    pending += 1;
    const problem = byId("address-problem");
    const intent = { shipping_details: details };
    const outcome = await change(checkout, "calculateShippingOptions", intent, { problem, done: newTotal });
    // The same address can be tried again.
    if (outcome.type !== "success" && sent === JSON.stringify(details)) sent = "";
    pending -= 1;
    draw(checkout.session());
  }

  /** Name and address, once nothing that is needed is missing. */
  function addressEntered() {
    const given = Object.entries(RECIPIENT).map(([field, id]) => [field, byId(id).value.trim()]);
    const needed = [
      ...given,
      ["country", country.value],
      ...(byId("state-field").hidden ? [] : [["state", state.value]]),
    ];
    if (needed.some(([, value]) => value === "")) return null;
    const { name, ...address } = Object.fromEntries(needed);
    return { name, address };
  }

  async function tellStripe() {
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

/** Says who sets the address, and where the other way is. */
function drawAddressBy(addressBy) {
  const byServer = addressBy === "server";
  byId("recipient").hidden = !byServer;
  const other = make("a", "", byServer ? "Let Stripe.js set it" : "Let the server set it");
  other.href = byServer ? "/?cart=goods" : "/?cart=goods&address_by=server";
  byId("address-by").replaceChildren(`The address is set by ${byServer ? "the shop's server" : "Stripe.js"}. `, other);
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

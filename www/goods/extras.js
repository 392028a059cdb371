import { change, newTotal } from "../change.js";
import { byId, drawList, fromTemplate, setText } from "../dom.js";

/** The add-ons: one switch each, on when the session has the item. */
export function bindExtras(checkout, extras) {
  const pending = new Set();
  const problem = byId("extras-problem");

  async function toggle({ id }, selected) {
    if (pending.has(id)) return;
    pending.add(id);
    draw(checkout.session());
    await change(checkout, "updateCustomAmount", { product_id: id, selected }, { problem, done: newTotal });
    pending.delete(id);
    draw(checkout.session());
  }

  function draw(session) {
    byId("extras").hidden = false;
    drawList(byId("extras-list"), extras, {
      key: (extra) => extra.id,
      create: (extra) => {
        const element = fromTemplate("choice-template");
        setText(element.querySelector(".switch-label"), extra.name);
        setText(element.querySelector(".switch-price"), extra.amount);
        element.querySelector("button").addEventListener("click", ({ currentTarget }) => {
          void toggle(extra, currentTarget.getAttribute("aria-checked") === "false");
        });
        return element;
      },
      draw: (element, extra) => {
        const button = element.querySelector("button");
        const selected = session.lineItems.some((item) => item.name === extra.name);
        button.setAttribute("aria-checked", String(selected));
        button.setAttribute("aria-busy", String(pending.has(extra.id)));
      },
    });
  }
  return draw;
}

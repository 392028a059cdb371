import { change, newTotal } from "../change.js";
import { byId, drawList, fromTemplate, setText } from "../dom.js";
import { drawTile } from "../pictures.js";

/** Products that go well with the order. An offer that was added stays in the list, so that its button keeps the focus. */
export function bindOffers(checkout, offers) {
  // What is in the order from the start is not offered.
  const others = offers.filter((offer) => !isTaken(checkout.session(), offer));
  const pending = new Set();
  const problem = byId("offers-problem");

  async function toggle({ id }, taken) {
    if (pending.has(id)) return;
    pending.add(id);
    draw(checkout.session());
    const name = taken ? "removeCrossSell" : "addCrossSell";
    await change(checkout, name, { product_id: id }, { problem, done: newTotal });
    pending.delete(id);
    draw(checkout.session());
  }

  function draw(session) {
    byId("offers").hidden = false;
    drawList(byId("offers-list"), others, {
      key: (offer) => offer.id,
      create: (offer) => {
        const element = fromTemplate("offer-template");
        drawTile(element.querySelector(".tile"), offer);
        setText(element.querySelector(".item-name"), offer.name);
        setText(element.querySelector(".item-note"), offer.amount);
        element.querySelector("button").addEventListener("click", () => {
          void toggle(offer, isTaken(checkout.session(), offer));
        });
        return element;
      },
      draw: (element, offer) => {
        const button = element.querySelector("button");
        const word = isTaken(session, offer) ? "Remove" : "Add";
        setText(button, word);
        button.setAttribute("aria-label", `${word} ${offer.name}`);
        button.setAttribute("aria-busy", String(pending.has(offer.id)));
      },
    });
  }
  return draw;
}

const isTaken = (session, offer) => session.lineItems.some((item) => item.name === offer.name);

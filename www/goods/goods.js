import { bindDelivery } from "./delivery.js";
import { bindExtras } from "./extras.js";
import { bindOffers } from "./offers.js";
import { bindQuantities } from "./quantities.js";

/** Everything that only the cart of goods has. */
export function bindGoods(checkout, catalogue) {
  const parts = [
    bindExtras(checkout, catalogue.extras),
    bindOffers(checkout, catalogue.offers),
    bindDelivery(checkout, catalogue),
  ];
  return {
    draw: (session) => parts.forEach((draw) => draw(session)),
    drawActions: bindQuantities(checkout, catalogue.quantities),
  };
}

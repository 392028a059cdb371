import { bindDelivery } from "./delivery.js";
import { bindExtras } from "./extras.js";
import { bindOffers } from "./offers.js";
import { bindOrder } from "./order.js";
import { bindPromotion } from "./promotion.js";
import { bindQuantities } from "./quantities.js";

/** An add-on of Stripe's guide that this page leaves out: it has an express delivery already. */
const SECOND_EXPRESS = "express_shipping";

/** The parts that only the cart of goods has. */
export function bindGoods(checkout, catalogue, addressBy) {
  const parts = [
    bindExtras(
      checkout,
      catalogue.extras.filter(({ id }) => id !== SECOND_EXPRESS),
    ),
    bindOffers(checkout, catalogue.offers),
    bindDelivery(checkout, catalogue, addressBy),
    bindPromotion(checkout),
  ];
  const [drawQuantity, drawPlace] = [bindQuantities(checkout, catalogue.quantities), bindOrder(checkout)];
  return {
    draw: (session) => parts.forEach((draw) => draw(session)),
    drawActions: (element, item) => {
      drawQuantity(element, item);
      drawPlace(element, item);
    },
  };
}

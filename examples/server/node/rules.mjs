// What a customer may change. Each function checks the request and builds the whole list for Stripe.
const PLANS = { monthly: process.env.MONTHLY_PRICE, yearly: process.env.YEARLY_PRICE };
const LAMPS = { price: process.env.LAMP_PRICE, stock: 5 };
const ADD_ONS = {
  gift_wrap: { name: "Gift wrap", unit_amount: 500 },
  warranty: { name: "Extended warranty", unit_amount: 2_000 },
};

/** Nothing was changed. `message` is for the customer, `code` for the page's program. */
export class Refusal extends Error {
  constructor(status, message = "We couldn't process your request. Please try again later.", code) {
    super(message);
    this.answer = { status, body: { type: "error", message, code } };
  }
}

export const cart = [PLANS.monthly, LAMPS.price].map((price) => ({ price, quantity: 1 }));
export const isId = (text, prefix) => typeof text === "string" && text.startsWith(prefix) && /^\w{1,255}$/.test(text);

/** Keeps items by their IDs, `changed` with new values. Stripe removes items that are left out. */
const keep = (items, changed, more) => items.map(({ id }) => (id === changed ? { id, ...more } : { id }));

function changeInterval({ interval }) {
  if (!["monthly", "yearly"].includes(interval)) throw new Refusal(400);
  return (items) => {
    const plan = items.find(({ price }) => Object.values(PLANS).includes(price.id));
    if (!plan) throw new Refusal(400);
    return keep(items, plan.id, { price: PLANS[interval] });
  };
}

function setQuantity({ line_item, quantity }) {
  const isCount = Number.isInteger(quantity) && quantity >= 0 && quantity <= 10;
  if (!isId(line_item, "li_") || !isCount) throw new Refusal(400);
  return (items) => {
    if (items.find(({ id }) => id === line_item)?.price.id !== LAMPS.price) throw new Refusal(400);
    if (quantity > LAMPS.stock) throw new Refusal(400, `Only ${LAMPS.stock} of these are left.`, "out_of_stock");
    if (quantity === 0) return keep(items.filter(({ id }) => id !== line_item));
    return keep(items, line_item, { quantity });
  };
}

function setAddOn({ product_id, selected = true }) {
  if (!Object.keys(ADD_ONS).includes(product_id) || typeof selected !== "boolean") throw new Refusal(400);
  return (items) => {
    const others = items.filter(({ metadata }) => metadata?.product_id !== product_id);
    if (!selected || others.length < items.length) return keep(selected ? items : others);
    const { name, unit_amount } = ADD_ONS[product_id];
    const price_data = { currency: "usd", product_data: { name }, unit_amount };
    return [...keep(items), { price_data, quantity: 1, metadata: { product_id } }];
  };
}

/** Each checks what the page sent and returns a function from the session's items to the new list. */
export const updates = {
  "/change-subscription-interval": changeInterval,
  "/update-line-item-quantity": setQuantity,
  "/update-custom-amount": setAddOn,
};

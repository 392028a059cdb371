import { openCheckout } from "./stripe.js";

const asked = new URLSearchParams(location.search);

export const cart = asked.get("cart") === "goods" ? "goods" : "subscription";
export const addressBy = asked.get("address_by") === "server" ? "server" : "client";

/** A module script by itself, so that the session and Stripe.js do not wait for what main.js imports. */
export const opening = openCheckout({ cart, address_by: addressBy });
// Handled by main.js, which may be there later.
opening.catch(() => {});

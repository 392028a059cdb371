const STRIPE_JS = "https://js.stripe.com/endive/stripe.js";

/** The shop's own "no", in words for the customer: something may be sold out. */
export class Refusal extends Error {}

/**
 * Starts a checkout on the server and hands it to Stripe.js, or without a key to its stand-in, which takes settings of
 * its own.
 */
export async function openCheckout(cart, { defaultValues, ...settings } = {}) {
  const { clientSecret, publishableKey } = await createSession(cart);
  const stripe = publishableKey ? await realStripe(publishableKey) : await standIn(clientSecret, settings);
  const sdk = stripe.initCheckoutElementsSdk({ clientSecret, ...(defaultValues && { defaultValues }) });
  const loaded = await sdk.loadActions();
  if (loaded.type === "error") throw new Error(loaded.error.message);
  return { sdk, actions: loaded.actions, publishableKey };
}

async function createSession(cart) {
  const response = await fetch("/create-checkout-session", post({ cart }));
  if (response.ok) return response.json();
  const { message } = response.status < 500 ? await response.json() : {};
  throw message ? new Refusal(message) : new Error(`the server answered ${response.status}`);
}

/** Stripe requires its script to come from its own origin. It is asked for only when there is a key to use it with. */
async function realStripe(publishableKey) {
  const script = document.createElement("script");
  script.src = STRIPE_JS;
  await new Promise((resolve, reject) => {
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error("Stripe.js could not be loaded")));
    document.head.append(script);
  });
  return window.Stripe(publishableKey);
}

/** The sandbox's session in place of Stripe's: read from the shop's server, and told there what the customer types. */
async function standIn(clientSecret, settings) {
  const { createFakeStripe } = await import("/dist/testing.js");
  const id = clientSecret.split("_secret_")[0];
  const refresh = async () => {
    const response = await fetch(`/session?checkout_session_id=${id}`);
    if (!response.ok) throw new Error("Your order could not be fetched. Please try again.");
    return response.json();
  };
  const tell = async (change) => {
    const response = await fetch("/session", post({ checkout_session_id: id, change }));
    if (!response.ok) throw new Error("This could not be saved. Please try again.");
  };
  // In the order in which the customer did it: of two requests under way the later may be the first to arrive.
  let told = Promise.resolve();
  const onChange = (change) => (told = told.catch(() => {}).then(() => tell(change)));
  return createFakeStripe({ session: await refresh(), refresh, onChange, canConfirm, ...settings });
}

/** What Stripe would want to know before it takes a payment. */
const canConfirm = ({ email, shippingOptions, shippingAddress }) =>
  Boolean(email) && (shippingOptions.length === 0 || shippingAddress !== null);

const post = (body) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

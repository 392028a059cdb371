const STRIPE_JS = "https://js.stripe.com/endive/stripe.js";

/** Who pays on the sandbox, where nothing has to be filled in. */
const CUSTOMER = { email: "ada@example.com" };

/** The shop refuses, with a reason that can be shown to the customer, such as "sold out". */
export class Refusal extends Error {}

/**
 * Starts a checkout on the server and opens it with Stripe.js, or without a key with the stand-in. `wanted` is what the
 * server is asked for, as `{ cart: "goods" }`. `settings` are the stand-in's, and `fake` steers it.
 */
export async function openCheckout(wanted, settings) {
  return openSession(await createSession(wanted), settings);
}

/** The same for a session that the server has created. */
export async function openSession({ clientSecret, publishableKey, ui_mode }, settings) {
  const stripe = publishableKey ? await realStripe(publishableKey) : await standIn(clientSecret, settings);
  const defaultValues = publishableKey || ui_mode === "form" ? undefined : CUSTOMER;
  const init = ui_mode === "form" ? "initCheckoutFormSdk" : "initCheckoutElementsSdk";
  const sdk = stripe[init]({ clientSecret, ...(defaultValues && { defaultValues }) });
  const loaded = await sdk.loadActions();
  if (loaded.type === "error") throw new Error(loaded.error.message);
  return { sdk, actions: loaded.actions, clientSecret, publishableKey, fake: stripe.fake };
}

async function createSession(wanted) {
  const response = await fetch("/create-checkout-session", post(wanted));
  if (response.ok) return { ...(await response.json()), ui_mode: wanted.ui_mode };
  const { message } = response.status < 500 ? await response.json() : {};
  throw message ? new Refusal(message) : new Error(`the server answered ${response.status}`);
}

/** Stripe requires its script to come from its own origin. Without a key it is not loaded. */
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

/** The sandbox's session in place of Stripe's. The shop's server reads it, and writes what the customer types into it. */
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
    if (response.ok) return;
    if (change.applyPromotionCode && response.status === 400) throw await invalidCode(response);
    throw new Error("This could not be saved. Please try again.");
  };
  // One at a time: of two requests in flight the later one may arrive first.
  let told = Promise.resolve();
  const onChange = (change) => (told = told.catch(() => {}).then(() => tell(change)));
  return createFakeStripe({ session: await refresh(), refresh, onChange, canConfirm, ...settings });
}

/** What Stripe.js says of a promotion code that it does not know: the code of the error becomes the action's. */
async function invalidCode(response) {
  const { message } = await response.json();
  return Object.assign(new Error(message), { code: "invalidCode" });
}

/** Tells plainly whether a card is charged. */
export function whereItRuns(publishableKey) {
  if (!publishableKey) return "Runs on a sandbox: no card is charged.";
  if (publishableKey.startsWith("pk_test_")) return "Runs in Stripe's test mode: no card is charged.";
  return "Runs on a live Stripe account: cards are charged.";
}

/** Whether Stripe would have all that it needs for a payment. */
const canConfirm = ({ email, shippingOptions, shippingAddress }) =>
  Boolean(email) && (shippingOptions.length === 0 || shippingAddress !== null);

const post = (body) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

import { loadStripe } from "@stripe/stripe-js/pure";
import type { Stripe } from "@stripe/stripe-js";

interface Created {
  clientSecret: string;
  publishableKey: string | null;
}

/** Starts a checkout on the server, and gives Stripe.js for it, or without a key its stand-in. */
export async function openCheckout(): Promise<{ clientSecret: string; stripe: Stripe }> {
  const response = await fetch("/create-checkout-session", { method: "POST" });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const { clientSecret, publishableKey } = (await response.json()) as Created;
  const stripe = publishableKey ? await loadStripe(publishableKey) : await standIn(clientSecret);
  if (!stripe) throw new Error("Stripe.js could not be loaded");
  return { clientSecret, stripe };
}

async function standIn(clientSecret: string): Promise<Stripe> {
  const { createFakeStripe } = await import("checkout-updates/testing");
  const id = clientSecret.split("_secret_")[0];
  const refresh = async () => {
    const response = await fetch(`/session?checkout_session_id=${id}`);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return response.json();
  };
  // It has what a checkout with Elements needs, and no more of Stripe.js.
  return createFakeStripe({ session: await refresh(), refresh }) as unknown as Stripe;
}

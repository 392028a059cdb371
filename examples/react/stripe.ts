import { loadStripe } from "@stripe/stripe-js/pure";
import type { Stripe } from "@stripe/stripe-js";

interface Created {
  clientSecret: string;
  publishableKey: string | null;
}

/** Starts a checkout on the server. Returns Stripe.js for it, or its stand-in if the server has no key. */
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
  // The stand-in has only the part of Stripe.js that a checkout with Elements needs.
  return createFakeStripe({ session: await refresh(), refresh }) as unknown as Stripe;
}

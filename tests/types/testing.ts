// Compiled, never run: the stand-in is what Stripe's own types ask for, as far as it goes.
import type {
  Stripe,
  StripeCheckoutElementsSdk,
  StripeCheckoutLoadActionsSuccess,
  StripeCheckoutSession,
  StripeConstructor,
} from "@stripe/stripe-js";
import { createFakeStripe, type FakeSession, type SessionInit } from "../../js/testing/index.js";

const stripe = createFakeStripe({
  session: { lineItems: [{ name: "Plan", unitAmount: 1000 }], total: { discount: 100 } },
  latencyMs: 10,
  failWith: "The update failed.",
});

export const part: Pick<
  Stripe,
  "initCheckoutElementsSdk" | "elements" | "createToken" | "createPaymentMethod" | "confirmCardPayment"
> = stripe;
export const constructor: StripeConstructor = stripe.fake.Stripe;
export const sdk: StripeCheckoutElementsSdk = stripe.initCheckoutElementsSdk({ clientSecret: "cs_test_1_secret_2" });

export async function actions(): Promise<StripeCheckoutLoadActionsSuccess | null> {
  const loaded = await stripe.initCheckoutElementsSdk({ clientSecret: "cs_test_1_secret_2" }).loadActions();
  return loaded.type === "success" ? loaded.actions : null;
}

// What Stripe shows is what the stand-in shows, and either can be given to begin with.
export const shown = (session: FakeSession): StripeCheckoutSession => session;
export const known = (session: StripeCheckoutSession): FakeSession => session;
export const given = (session: StripeCheckoutSession): SessionInit => session;
export const refreshing = (session: StripeCheckoutSession) =>
  createFakeStripe({ session, refresh: async () => session });

// @ts-expect-error an unknown option
createFakeStripe({ latency: 10 });
// @ts-expect-error an unknown setting
stripe.fake.set({ silent: true });

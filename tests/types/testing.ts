// Compiled, never run: the stand-in is what Stripe's own types ask for, as far as it goes.
import type {
  ExpressPaymentType,
  Stripe,
  StripeCheckoutElementsSdk,
  StripeCheckoutConfirmResult,
  StripeCheckoutForm,
  StripeCheckoutFormChangeEvent,
  StripeCheckoutFormConfirmEvent,
  StripeCheckoutFormLoadActionsSuccess,
  StripeCheckoutFormSdk,
  StripeCheckoutLoadActionsSuccess,
  StripeCheckoutSession,
  StripeConstructor,
  StripeExpressCheckoutElementConfirmEvent,
} from "@stripe/stripe-js";
import {
  createFakeStripe,
  type FakeExpressPaymentType,
  type FakeFormValue,
  type FakeLoadedActions,
  type FakeSession,
  type SessionInit,
} from "../../js/testing/index.js";

const stripe = createFakeStripe({
  session: {
    recurring: { interval: "year" },
    lineItems: [{ name: "Plan", unitAmount: 1000 }],
    total: { discount: 100 },
  },
  latencyMs: 10,
  failWith: "The update failed.",
});

export const part: Pick<
  Stripe,
  | "initCheckoutElementsSdk"
  | "initCheckoutFormSdk"
  | "elements"
  | "createToken"
  | "createPaymentMethod"
  | "confirmCardPayment"
> = stripe;
export const constructor: StripeConstructor = stripe.fake.Stripe;
export const sdk: StripeCheckoutElementsSdk = stripe.initCheckoutElementsSdk({ clientSecret: "cs_test_1_secret_2" });

export async function actions(): Promise<StripeCheckoutLoadActionsSuccess | null> {
  const loaded = await stripe.initCheckoutElementsSdk({ clientSecret: "cs_test_1_secret_2" }).loadActions();
  return loaded.type === "success" ? loaded.actions : null;
}

export const formSdk: StripeCheckoutFormSdk = stripe.initCheckoutFormSdk({ clientSecret: "cs_test_1_secret_2" });

export async function formActions(): Promise<StripeCheckoutFormLoadActionsSuccess | null> {
  const loaded = await stripe.initCheckoutFormSdk({ clientSecret: "cs_test_1_secret_2" }).loadActions();
  if (loaded.type === "error") return null;
  // @ts-expect-error the Form has it, and not the actions
  void loaded.actions.updateEmail;
  return loaded.actions;
}

// What the Form tells is what Stripe's says, and the form can stand where Stripe's stands.
export const form: StripeCheckoutForm = stripe.initCheckoutFormSdk({ clientSecret: "cs_test_1_secret_2" }).createForm();
export const entered = (value: FakeFormValue): Omit<StripeCheckoutFormChangeEvent, "elementType"> => value;

// The events of a real element go into the stand-in's `confirm`.
export async function pay(
  fake: FakeLoadedActions,
  expressCheckoutConfirmEvent: StripeExpressCheckoutElementConfirmEvent,
  formConfirmEvent: StripeCheckoutFormConfirmEvent,
): Promise<StripeCheckoutConfirmResult[]> {
  return [await fake.confirm({ expressCheckoutConfirmEvent }), await fake.confirm({ formConfirmEvent })];
}
export const wallet: ExpressPaymentType = "link" satisfies FakeExpressPaymentType;
export const wallets = (type: ExpressPaymentType): FakeExpressPaymentType => type;

// What Stripe shows is what the stand-in shows, and either can be given to begin with.
export const shown = (session: FakeSession): StripeCheckoutSession => session;
export const known = (session: StripeCheckoutSession): FakeSession => session;
export const given = (session: StripeCheckoutSession): SessionInit => session;
export const refreshing = (session: StripeCheckoutSession) =>
  createFakeStripe({ session, refresh: async () => session });

// @ts-expect-error an unknown option
createFakeStripe({ latency: 10 });
// @ts-expect-error an unknown wallet
createFakeStripe({ wallets: ["cash"] });
// @ts-expect-error an unknown field of the Form
stripe.fake.form.enter({ street: "1 Main Street" });
// @ts-expect-error an unknown setting
stripe.fake.set({ silent: true });

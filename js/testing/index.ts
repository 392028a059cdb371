/** Stand-ins for Stripe.js and for the shop's server, for tests and demos. */
export { createFakeStripe } from "./stripe.js";
export { createFakeServer, respond } from "./server.js";
export type { FakeAnswer, FakeHandler, FakeRequest, FakeServer } from "./server.js";
export type {
  FakeCheckoutFormSdk,
  FakeCheckoutSdk,
  FakeControl,
  FakeLegacyCheckout,
  FakeLoadedActions,
  FakeLoadedFormActions,
  FakeSdkOptions,
  FakeStripe,
  FakeStripeOptions,
} from "./stripe-types.js";
export type { FakeSettings, FakeSettingsInit } from "./settings.js";
export type { FakeResult, FakeUpdate } from "./updates.js";
export type { FakeActions } from "./actions.js";
export type { FakeChange, OnChange } from "./act.js";
export type { FakeConfirmResult } from "./confirm-result.js";
export type { FakeConfirmArgs, FakePayment } from "./payment.js";
export type { FakeElement } from "./element.js";
export type { FakeExpressPaymentType, FakeWallet, FakeWalletDetails, FakeWalletEnd } from "./wallet.js";
export type { FakeForm, FakeFormControl, FakeFormFields, FakeFormValue } from "./form.js";
export type { ChangeHandler, Refresh } from "./state.js";
export type { Timers } from "./timers.js";
export type * from "./session-types.js";

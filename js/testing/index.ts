/** Stand-ins for Stripe.js and for the shop's server, for tests and demos. */
export { createFakeStripe } from "./stripe.js";
export { createFakeServer, respond } from "./server.js";
export type { FakeAnswer, FakeHandler, FakeRequest, FakeServer } from "./server.js";
export type {
  FakeCheckoutSdk,
  FakeControl,
  FakeLegacyCheckout,
  FakeLoadedActions,
  FakeSdkOptions,
  FakeStripe,
  FakeStripeOptions,
} from "./stripe.js";
export type { FakeResult, FakeSettings, FakeSettingsInit, FakeUpdate } from "./updates.js";
export type { FakeActions, FakeChange, FakeConfirmArgs, OnChange } from "./actions.js";
export type { FakeElement } from "./element.js";
export type { ChangeHandler, Refresh } from "./state.js";
export type { Timers } from "./timers.js";
export type * from "./session-types.js";

import type { FakeActions, ENTERED } from "./actions.js";
import type { OnChange } from "./act.js";
import type { FakeElement } from "./element.js";
import type { FakeForm, FakeFormControl } from "./form.js";
import type { FakePayment } from "./payment.js";
import type { FakeSession, SessionInit } from "./session-types.js";
import type { FakeSettingsInit } from "./settings.js";
import type { ChangeHandler, Refresh } from "./state.js";
import type { Timers } from "./timers.js";
import type { FakeResult, FakeUpdate } from "./updates.js";
import type { FakeExpressPaymentType, FakeWallet } from "./wallet.js";

/** What `createFakeStripe` takes; everything can be left out. */
export interface FakeStripeOptions extends FakeSettingsInit {
  /** The session to begin with. */
  session?: SessionInit | undefined;
  /** Fetches the session from a real server, after each update and, where no `session` is given, at the start. */
  refresh?: Refresh | undefined;
  /** Tells a server of what the customer changed by an action such as `updateShippingAddress`, or of `confirm`. */
  onChange?: OnChange | undefined;
  /** Whether the customer could pay if no update were pending. Default: once there is an e-mail address. */
  canConfirm?: ((session: FakeSession) => boolean) | undefined;
  /** The wallets that have a button in the Express Checkout Element and in the Form. Default: Link. */
  wallets?: readonly FakeExpressPaymentType[] | undefined;
  /** Leaves the page for `returnUrl`. Default: `location.assign`; without a `location` no payment leaves the page. */
  navigate?: ((url: string) => void) | undefined;
  /** The major version of `@stripe/stripe-js` whose shape is given, 5 to 10. Default 10. */
  version?: 5 | 6 | 7 | 8 | 9 | 10 | undefined;
  /** A clock of one's own. Default: the global functions. */
  timers?: Timers | undefined;
}

interface Common {
  getSession: () => FakeSession;
  runServerUpdate: (userFunction: () => Promise<unknown>) => Promise<FakeResult>;
}

/** What `loadActions` gives. */
export interface FakeLoadedActions extends FakeActions, Common {}

/** What `loadActions` of the Form's SDK gives: without the actions for what the customer enters into the Form. */
export type FakeLoadedFormActions = Omit<FakeLoadedActions, (typeof ENTERED)[number]>;

type Create = (options?: any) => FakeElement;
type Get = () => any;

interface Sdk<Actions> {
  on: (event: "change", handler: ChangeHandler) => void;
  loadActions: () => Promise<
    { type: "success"; actions: Actions } | { type: "error"; error: { message: string; code: null } }
  >;
  changeAppearance: (appearance: any) => void;
  loadFonts: (fonts: any) => void;
  createCurrencySelectorElement: Create;
  getCurrencySelectorElement: Get;
}

/** What `initCheckoutElementsSdk` gives. */
export interface FakeCheckoutSdk extends Sdk<FakeLoadedActions> {
  createPaymentElement: Create;
  createBillingAddressElement: Create;
  createShippingAddressElement: Create;
  createExpressCheckoutElement: Create;
  createTaxIdElement: Create;
  createContactDetailsElement: Create;
  createTermsElement: Create;
  createLinkSignupElement: Create;
  getPaymentElement: Get;
  getBillingAddressElement: Get;
  getShippingAddressElement: Get;
  getExpressCheckoutElement: Get;
  getTaxIdElement: Get;
  getContactDetailsElement: Get;
  getTermsElement: Get;
  getLinkSignupElement: Get;
}

/** What `initCheckoutFormSdk` gives. */
export interface FakeCheckoutFormSdk extends Sdk<FakeLoadedFormActions> {
  createForm: (options?: any) => FakeForm;
  getForm: Get;
}

/** What `initCheckout` gave before version 8. */
export type FakeLegacyCheckout = Omit<FakeCheckoutSdk, "loadActions"> &
  FakeActions & {
    session: () => FakeSession;
    runServerUpdate: (userFunction: () => Promise<unknown>) => Promise<any>;
  };

/** What the functions that make an SDK take; what concerns looks alone is taken and ignored. */
export interface FakeSdkOptions {
  clientSecret: string | PromiseLike<string>;
  defaultValues?:
    | {
        billingAddress?: SessionInit["billingAddress"];
        shippingAddress?: SessionInit["shippingAddress"];
        email?: string | undefined;
        phoneNumber?: string | undefined;
      }
    | undefined;
  elementsOptions?: unknown;
  adaptivePricing?: unknown;
  appearance?: unknown;
  loader?: unknown;
  fonts?: unknown;
  savedPaymentMethod?: unknown;
}

/** Steers the stand-in and tells what it saw. */
export interface FakeControl {
  /** Changes settings for every update and payment from now on. */
  set: (settings: FakeSettingsInit) => void;
  /** Changes settings for the next call of `runServerUpdate` only; a second call is for the one after it. */
  next: (settings: FakeSettingsInit) => void;
  /** Ends what `ends: "silent"` and `confirmEnds: "silent"` have held so far. */
  release: () => void;
  /** Changes the session on the server. The page sees it when Stripe.js fetches the session. */
  server: (change: SessionInit) => void;
  /** Makes Stripe.js fetch the session by itself. */
  refetch: () => Promise<void>;
  /** The session as the page sees it; reading its total here is not the page's reading. */
  session: () => FakeSession;
  /** The last 1000 calls of `runServerUpdate`, oldest first. */
  updates: readonly FakeUpdate[];
  /** The last 1000 calls of `confirm`, oldest first. */
  payments: readonly FakePayment[];
  /** Resolves when no update is queued or running. */
  idle: () => Promise<void>;
  /** What the customer does with a wallet. */
  wallet: FakeWallet;
  /** What the customer does with the Form. */
  form: FakeFormControl;
  /** What Stripe.js puts at `window.Stripe`: a function that gives this stand-in, whatever the key. */
  Stripe: ((publishableKey: string, options?: any) => any) & { version: string };
}

export type Unsupported = (...args: any[]) => Promise<{ error: { type: "invalid_request_error"; message: string } }>;

/** A stand-in for the object that Stripe.js makes from a publishable key. */
export interface FakeStripe {
  initCheckoutElementsSdk: (options: FakeSdkOptions) => FakeCheckoutSdk;
  /** Missing before `version` 9, though the type has it for all. */
  initCheckoutFormSdk: (options: FakeSdkOptions) => FakeCheckoutFormSdk;
  /** There for `version` 8 as `initCheckoutElementsSdk`, and for 5 to 7 as a promise. */
  initCheckout?: (options: any) => any;
  elements: (...args: any[]) => never;
  createToken: Unsupported;
  createPaymentMethod: Unsupported;
  confirmCardPayment: Unsupported;
  /** Of the stand-in only. */
  fake: FakeControl;
}

import { createActions, type FakeActions, type OnChange } from "./actions.js";
import { createFakeElement, type FakeElement } from "./element.js";
import type { FakeSession, SessionInit } from "./session-types.js";
import { withoutUndefined } from "./record.js";
import { createState, type ChangeHandler, type Refresh } from "./state.js";
import { delay, globalTimers, type Timers } from "./timers.js";
import { createUpdates, DEFAULTS } from "./updates.js";
import type { FakeResult, FakeSettings, FakeSettingsInit, FakeUpdate } from "./updates.js";

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
  /** The major version of `@stripe/stripe-js` whose shape is given, 5 to 10. Default 10. */
  version?: 5 | 6 | 7 | 8 | 9 | 10 | undefined;
  /** A clock of one's own. Default: the global functions. */
  timers?: Timers | undefined;
}

/** What `loadActions` gives. */
export interface FakeLoadedActions extends FakeActions {
  getSession: () => FakeSession;
  runServerUpdate: (userFunction: () => Promise<unknown>) => Promise<FakeResult>;
}

type Create = (options?: any) => FakeElement;
type Get = () => any;

/** What `initCheckoutElementsSdk` gives. */
export interface FakeCheckoutSdk {
  on: (event: "change", handler: ChangeHandler) => void;
  loadActions: () => Promise<
    { type: "success"; actions: FakeLoadedActions } | { type: "error"; error: { message: string; code: null } }
  >;
  changeAppearance: (appearance: any) => void;
  loadFonts: (fonts: any) => void;
  createPaymentElement: Create;
  createBillingAddressElement: Create;
  createShippingAddressElement: Create;
  createExpressCheckoutElement: Create;
  createCurrencySelectorElement: Create;
  createTaxIdElement: Create;
  createContactDetailsElement: Create;
  createTermsElement: Create;
  createLinkSignupElement: Create;
  getPaymentElement: Get;
  getBillingAddressElement: Get;
  getShippingAddressElement: Get;
  getExpressCheckoutElement: Get;
  getCurrencySelectorElement: Get;
  getTaxIdElement: Get;
  getContactDetailsElement: Get;
  getTermsElement: Get;
  getLinkSignupElement: Get;
}

/** What `initCheckout` gave before version 8. */
export type FakeLegacyCheckout = Omit<FakeCheckoutSdk, "loadActions"> &
  FakeActions & {
    session: () => FakeSession;
    runServerUpdate: (userFunction: () => Promise<unknown>) => Promise<any>;
  };

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
}

/** Steers the stand-in and tells what it saw. */
export interface FakeControl {
  /** Changes settings for every update from now on. */
  set: (settings: FakeSettingsInit) => void;
  /** Changes settings for the next call of `runServerUpdate` only; a second call is for the one after it. */
  next: (settings: FakeSettingsInit) => void;
  /** Ends the updates so far that `ends: "silent"` holds. */
  release: () => void;
  /** Changes the session on the server. The page sees it when Stripe.js fetches the session. */
  server: (change: SessionInit) => void;
  /** Lets Stripe.js fetch the session by itself. */
  refetch: () => Promise<void>;
  /** The session as the page sees it. */
  session: () => FakeSession;
  /** The last 1000 calls of `runServerUpdate`, oldest first. */
  updates: readonly FakeUpdate[];
  /** Resolves when no update is queued or running. */
  idle: () => Promise<void>;
  /** What Stripe.js puts at `window.Stripe`: a function that gives this stand-in, whatever the key. */
  Stripe: ((publishableKey: string, options?: any) => any) & { version: string };
}

type Unsupported = (...args: any[]) => Promise<{ error: { type: "invalid_request_error"; message: string } }>;

/** A stand-in for the object that Stripe.js makes from a publishable key. */
export interface FakeStripe {
  initCheckoutElementsSdk: (options: FakeSdkOptions) => FakeCheckoutSdk;
  /** There for `version` 8 as `initCheckoutElementsSdk`, and for 5 to 7 as a promise. */
  initCheckout?: (options: any) => any;
  elements: (...args: any[]) => never;
  createToken: Unsupported;
  createPaymentMethod: Unsupported;
  confirmCardPayment: Unsupported;
  /** Of the stand-in only. */
  fake: FakeControl;
}

const ELEMENTS = {
  Payment: ["payment", "Payment details"],
  BillingAddress: ["address", "Billing address"],
  ShippingAddress: ["address", "Shipping address"],
  ExpressCheckout: ["expressCheckout", "Express checkout"],
  CurrencySelector: ["currencySelector", "Currency"],
  TaxId: ["taxId", "Tax ID"],
  ContactDetails: ["contactDetails", "Contact details"],
  Terms: ["terms", "Terms"],
  LinkSignup: ["linkSignup", "Link"],
} as const;

/** What Stripe.js calls itself, by the major version of `@stripe/stripe-js` that loads it. */
const RELEASES = { 5: "v3", 6: "acacia", 7: "basil", 8: "clover", 9: "dahlia", 10: "endive" };

const OWN = ["session", "refresh", "onChange", "canConfirm", "version", "timers"];

/**
 * A stand-in for Stripe.js as Elements with Checkout Sessions uses it: plain objects with own functions, no network.
 *
 * @throws TypeError for an option that it does not know.
 */
export function createFakeStripe(options: FakeStripeOptions = {}): FakeStripe {
  check(options, [...OWN, ...Object.keys(DEFAULTS)]);
  const {
    session: given,
    refresh,
    onChange,
    canConfirm = ({ email }) => email !== null,
    version = 10,
    timers = globalTimers,
    ...rest
  } = options;
  const settings: FakeSettings = { ...DEFAULTS, ...withoutUndefined(rest) };
  const state = createState(given ?? {}, refresh, canConfirm, timers);
  const success = (session: FakeSession) =>
    (version < 7 ? { type: "success", success: session } : { type: "success", session }) as FakeResult;
  const updates = createUpdates(state, settings, timers, success);
  const actions = createActions(state, settings, timers, onChange, success);

  /** Waits for the client secret and, where nothing is known of the session, for the session. */
  async function load({ clientSecret, defaultValues = {} }: FakeSdkOptions): Promise<void> {
    const [id, secret] = String(await clientSecret).split("_secret_");
    if (!id || secret === undefined) throw new Error("This is not the client secret of a Checkout Session.");
    if (given?.id === undefined) state.apply({ id });
    state.apply(withoutUndefined(defaultValues));
    state.publish({ quietly: true });
    if (refresh && !given) await state.refetch(settings.latencyMs);
    else await delay(timers, settings.latencyMs);
    state.publish({ quietly: true });
  }

  function createSdk(sdkOptions: FakeSdkOptions): FakeCheckoutSdk {
    if (!sdkOptions?.clientSecret) throw new Error("A clientSecret is needed.");
    // Observed here, since a page may ask for the actions later or never.
    const loaded = load(sdkOptions).then(
      () => null,
      (error: unknown) => ({ message: error instanceof Error ? error.message : "Loading failed.", code: null }),
    );
    return {
      on: (_event, handler) => state.on(handler),
      loadActions: async () => {
        const error = await loaded;
        if (error) return { type: "error", error };
        const { runServerUpdate } = updates;
        return { type: "success", actions: { ...actions, getSession: state.session, runServerUpdate } };
      },
      changeAppearance: () => {},
      loadFonts: () => {},
      ...elementMethods(),
    };
  }

  async function initLegacyCheckout(legacy: any): Promise<FakeLegacyCheckout> {
    const clientSecret = legacy?.clientSecret ?? legacy?.fetchClientSecret?.();
    const { loadActions, ...sdk } = createSdk({ ...legacy, clientSecret });
    const result = await loadActions();
    if (result.type === "error") throw new Error(result.error.message);
    const { getSession, ...others } = result.actions;
    return { ...sdk, ...others, session: getSession };
  }

  const unsupported: Unsupported = async () => ({
    error: { type: "invalid_request_error", message: "The stand-in for Stripe.js cannot do this." },
  });

  const stripe: FakeStripe = {
    initCheckoutElementsSdk: createSdk,
    ...(version === 8 && { initCheckout: createSdk }),
    ...(version < 8 && { initCheckout: initLegacyCheckout }),
    elements: () => {
      throw new Error("The stand-in for Stripe.js has elements only on the Checkout SDK.");
    },
    createToken: unsupported,
    createPaymentMethod: unsupported,
    confirmCardPayment: unsupported,
    fake: {
      set: (changed) => {
        check(changed, Object.keys(DEFAULTS));
        Object.assign(settings, withoutUndefined(changed));
      },
      next: (changed) => {
        check(changed, Object.keys(DEFAULTS));
        updates.next(withoutUndefined(changed));
      },
      release: updates.release,
      server: state.server,
      refetch: async () => {
        await state.refetch(settings.latencyMs);
        state.publish();
      },
      session: state.session,
      updates: updates.records,
      idle: updates.idle,
      Stripe: Object.assign(() => stripe, { version: RELEASES[version] }),
    },
  };
  return stripe;
}

function elementMethods(): Omit<FakeCheckoutSdk, "on" | "loadActions" | "changeAppearance" | "loadFonts"> {
  const methods: Record<string, Create | Get> = {};
  for (const [name, [elementType, label]] of Object.entries(ELEMENTS)) {
    let current: FakeElement | null = null;
    methods[`create${name}Element`] = () => {
      const element = createFakeElement(elementType, label);
      const { destroy } = element;
      element.destroy = () => {
        destroy();
        if (current === element) current = null;
      };
      return (current = element);
    };
    methods[`get${name}Element`] = () => current;
  }
  return methods as unknown as ReturnType<typeof elementMethods>;
}

function check(given: object, known: readonly string[]): void {
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) throw new TypeError(`createFakeStripe: unknown key "${key}"`);
  }
}

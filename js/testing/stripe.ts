import { createAct } from "./act.js";
import { createActions, ENTERED } from "./actions.js";
import { createConfirmEvents } from "./confirm-events.js";
import { createElements } from "./elements.js";
import { createHeld } from "./held.js";
import { createPayments } from "./payment.js";
import { withoutUndefined } from "./record.js";
import { messageOf } from "./report.js";
import { DEFAULTS, type FakeSettings } from "./settings.js";
import { createState } from "./state.js";
import type { FakeCheckoutFormSdk, FakeCheckoutSdk, FakeLegacyCheckout, FakeLoadedActions } from "./stripe-types.js";
import type {
  FakeLoadedFormActions,
  FakeSdkOptions,
  FakeStripe,
  FakeStripeOptions,
  Unsupported,
} from "./stripe-types.js";
import { delay, globalTimers } from "./timers.js";
import { createUpdates, type FakeResult } from "./updates.js";

/** What Stripe.js calls itself, by the major version of `@stripe/stripe-js` that loads it. */
const RELEASES = { 5: "v3", 6: "acacia", 7: "basil", 8: "clover", 9: "dahlia", 10: "endive" };

const OWN = ["session", "refresh", "onChange", "canConfirm", "wallets", "navigate", "version", "timers"];

/** Looked up at each call, as the timers are. */
const leavePage = (url: string): void => globalThis.location.assign(url);

/**
 * Creates a stand-in for Stripe.js with Elements and Checkout Sessions. It has plain objects and needs no network.
 *
 * @throws TypeError for an unknown option.
 */
export function createFakeStripe(options: FakeStripeOptions = {}): FakeStripe {
  check(options, [...OWN, ...Object.keys(DEFAULTS)]);
  const {
    session: given,
    refresh,
    onChange,
    canConfirm = ({ email }) => email !== null,
    wallets = ["link"],
    navigate = globalThis.location && leavePage,
    version = 10,
    timers = globalTimers,
    ...rest
  } = options;
  const settings: FakeSettings = { ...DEFAULTS, ...withoutUndefined(rest) };
  const state = createState(given ?? {}, refresh, canConfirm, settings, timers);
  const success = () =>
    (version < 7
      ? { type: "success", success: state.shown() }
      : { type: "success", session: state.shown() }) as FakeResult;
  const held = createHeld();
  const events = createConfirmEvents();
  const updates = createUpdates(state, settings, timers, held, success);
  const act = createAct(state, settings, timers, onChange, success);
  const payments = createPayments(state, settings, timers, held, act, events, navigate);
  const { runServerUpdate } = updates;
  const actions = createActions(act, payments.confirmIn("elements"), onChange !== undefined);
  const elements = createElements({ wallets, state, timers, events }, actions);

  /** Waits for the client secret and, where nothing is known of the session, for the session. */
  async function load({ clientSecret, defaultValues = {} }: FakeSdkOptions): Promise<void> {
    const [id, secret] = String(await clientSecret).split("_secret_");
    if (!id || secret === undefined) throw new Error("This is not the client secret of a Checkout Session.");
    if (given?.id === undefined) state.apply({ id });
    state.apply(withoutUndefined(defaultValues));
    state.publish({ quietly: true });
    if (refresh && !given) await state.refetch(settings.latencyMs, "typed");
    else await delay(timers, settings.latencyMs);
    state.publish({ quietly: true });
  }

  /** What both SDKs have, with the actions of one. */
  function createSdk<Actions>(sdkOptions: FakeSdkOptions, loadedActions: () => Actions) {
    if (!sdkOptions?.clientSecret) throw new Error("A clientSecret is needed.");
    // Observed here, since a page may ask for the actions later or never.
    const loaded = load(sdkOptions).then(
      () => null,
      (error: unknown) => ({ message: messageOf(error, "Loading failed."), code: null }),
    );
    return {
      on: ((_event, handler) => state.on(handler)) as FakeCheckoutSdk["on"],
      loadActions: async () => {
        const error = await loaded;
        return error ? { type: "error" as const, error } : { type: "success" as const, actions: loadedActions() };
      },
      changeAppearance: () => {},
      loadFonts: () => {},
    };
  }

  const elementsActions = (): FakeLoadedActions => ({ ...actions, getSession: state.shown, runServerUpdate });

  const createElementsSdk = (sdkOptions: FakeSdkOptions): FakeCheckoutSdk => ({
    ...createSdk(sdkOptions, elementsActions),
    ...elements.ofElementsSdk(),
  });

  function formActions(): FakeLoadedFormActions {
    const all: Partial<FakeLoadedActions> = { ...elementsActions(), confirm: payments.confirmIn("form") };
    for (const name of ENTERED) delete all[name];
    return all as FakeLoadedFormActions;
  }

  const createFormSdk = (sdkOptions: FakeSdkOptions): FakeCheckoutFormSdk => ({
    ...createSdk(sdkOptions, formActions),
    ...elements.ofFormSdk(),
  });

  async function initLegacyCheckout(legacy: any): Promise<FakeLegacyCheckout> {
    const clientSecret = legacy?.clientSecret ?? legacy?.fetchClientSecret?.();
    const { loadActions, ...sdk } = createElementsSdk({ ...legacy, clientSecret });
    const result = await loadActions();
    if (result.type === "error") throw new Error(result.error.message);
    const { getSession, ...others } = result.actions;
    return { ...sdk, ...others, session: getSession };
  }

  const unsupported: Unsupported = async () => ({
    error: { type: "invalid_request_error", message: "The stand-in for Stripe.js cannot do this." },
  });

  const stripe = {
    initCheckoutElementsSdk: createElementsSdk,
    ...(version > 8 && { initCheckoutFormSdk: createFormSdk }),
    ...(version === 8 && { initCheckout: createElementsSdk }),
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
      release: held.release,
      server: state.server,
      refetch: async () => {
        await state.refetch(settings.latencyMs);
        state.publish();
      },
      session: state.session,
      updates: updates.records,
      payments: payments.records,
      idle: updates.idle,
      wallet: elements.wallet,
      form: elements.form,
      Stripe: Object.assign(() => stripe, { version: RELEASES[version] }),
    },
  } as FakeStripe;
  return stripe;
}

function check(given: object, known: readonly string[]): void {
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) throw new TypeError(`createFakeStripe: unknown key "${key}"`);
  }
}

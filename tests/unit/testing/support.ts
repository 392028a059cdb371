import { vi } from "vitest";
import {
  createFakeStripe,
  type FakeLoadedActions,
  type FakeSession,
  type FakeStripe,
  type FakeStripeOptions,
} from "../../../js/testing/index.js";

export const clientSecret = "cs_test_1_secret_2";
export const never = () => new Promise<never>(() => {});
export const nothing = async () => {};

/** A page that has the actions, under mocked timers. */
export async function open(options?: FakeStripeOptions): Promise<{
  stripe: FakeStripe;
  fake: FakeStripe["fake"];
  sdk: ReturnType<FakeStripe["initCheckoutElementsSdk"]>;
  actions: FakeLoadedActions;
  changes: FakeSession[];
}> {
  const stripe = createFakeStripe(options);
  const sdk = stripe.initCheckoutElementsSdk({ clientSecret });
  const changes: FakeSession[] = [];
  sdk.on("change", (session) => changes.push(session));
  const loading = sdk.loadActions();
  await vi.runAllTimersAsync();
  const loaded = await loading;
  if (loaded.type === "error") throw new Error(loaded.error.message);
  return { stripe, fake: stripe.fake, sdk, actions: loaded.actions, changes };
}

/** The same, and the page has shown the total. */
export async function show(options?: FakeStripeOptions) {
  const page = await open(options);
  return { ...page, total: page.actions.getSession().total.total.amount };
}

/** A promise, and what it has come to so far. */
export function watch<T>(promise: Promise<T>): { state: string; value?: T; error?: unknown } {
  const seen: { state: string; value?: T; error?: unknown } = { state: "pending" };
  promise.then(
    (value) => Object.assign(seen, { state: "resolved", value }),
    (error: unknown) => Object.assign(seen, { state: "rejected", error }),
  );
  return seen;
}

import { vi } from "vitest";
import { endpoint, flag, integer, oneOf } from "../../js/rules.js";
import { createFakeStripe, type FakeStripeOptions } from "../../js/testing/index.js";
import type { Endpoints, Updates, UpdatesOptions } from "../../js/types.js";

export const endpoints = {
  change: endpoint("/change", { interval: oneOf("monthly", "yearly") }),
  quantity: endpoint("/quantity", { quantity: integer(0, 10), gift: flag().optional() }),
};
export const yearly = { interval: "yearly" } as const;
export const monthly = { interval: "monthly" } as const;
export const SESSION = "cs_test_a1";

/** An engine of the test's own, which is loaded when the test says so. */
export async function fresh() {
  vi.resetModules();
  const [{ creator }, inline, engine] = await Promise.all([
    import("../../js/updates.js"),
    import("../../js/wasm-inline.js"),
    import("../../js/instance.js"),
  ]);
  let open!: () => void;
  let fail!: (cause: unknown) => void;
  const gate = { current: new Promise<void>((yes, no) => ([open, fail] = [yes, no])) };
  const source = vi.fn(() => gate.current.then(inline.load));
  const create = creator(source);
  return {
    source,
    engine,
    /** Lets the module be loaded. */
    load: async () => {
      open();
      await engine.load(source);
    },
    /** Lets this load fail, and the next succeed. */
    fail: (cause: unknown) => {
      fail(cause);
      gate.current = Promise.resolve();
    },
    updates: (options: Partial<UpdatesOptions<Endpoints>> = {}): Updates<typeof endpoints> =>
      create({ endpoints, session: () => SESSION, ...options }) as unknown as Updates<typeof endpoints>,
  };
}

/** An engine that is loaded. */
export async function ready() {
  const world = await fresh();
  await world.load();
  return world;
}

/** The actions of a stand-in for Stripe.js. */
export async function stripe(options: FakeStripeOptions = {}) {
  const { initCheckoutElementsSdk, fake } = createFakeStripe({ session: { id: SESSION }, ...options });
  const loaded = await initCheckoutElementsSdk({ clientSecret: `${SESSION}_secret_x` }).loadActions();
  if (loaded.type === "error") throw new Error(loaded.error.message);
  return { actions: loaded.actions, fake };
}

/** A promise and its end. */
export function gate<T = void>() {
  let open!: (value: T) => void;
  const opened = new Promise<T>((resolve) => (open = resolve));
  return { open, opened };
}

/** Lets every task run that is due. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

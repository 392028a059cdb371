import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createFakeStripe, type SessionInit } from "../../../js/testing/index.js";
import { clientSecret, never, nothing, open, watch } from "./support.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("loading", () => {
  test("is synchronous and takes a secret or a promise of one", async () => {
    const stripe = createFakeStripe({ session: { id: "cs_test_9" } });
    for (const secret of [clientSecret, Promise.resolve(clientSecret)]) {
      const loaded = await stripe.initCheckoutElementsSdk({ clientSecret: secret }).loadActions();
      expect(loaded.type).toBe("success");
    }
    expect(stripe.fake.session().id).toBe("cs_test_9");
  });

  test("takes the id from the secret where the session has none", async () => {
    expect((await open()).actions.getSession().id).toBe("cs_test_1");
  });

  test.each([
    ["an id", () => "cs_test_1"],
    ["a secret that cannot be had", () => Promise.reject<string>(new Error("offline"))],
  ])("fails with %s", async (_, secret) => {
    const loaded = await createFakeStripe().initCheckoutElementsSdk({ clientSecret: secret() }).loadActions();
    expect(loaded).toEqual({ type: "error", error: { message: expect.any(String), code: null } });
  });

  test("needs a secret", () => {
    expect(() => createFakeStripe().initCheckoutElementsSdk({} as never)).toThrow();
  });

  test("does not leave a rejection unhandled when nobody asks for the actions", async () => {
    createFakeStripe().initCheckoutElementsSdk({ clientSecret: "x" });
    await vi.runAllTimersAsync();
  });

  test("fetches the session where only `refresh` is given", async () => {
    const refresh = vi.fn(async () => ({ lineItems: [{ name: "Plan", unitAmount: 1200 }] }));
    const { actions } = await open({ refresh });
    expect(refresh).toHaveBeenCalledExactlyOnceWith("cs_test_1");
    expect(actions.getSession().total.total).toEqual({ minorUnitsAmount: 1200, amount: "$12.00" });
  });

  test("knows its options", () => {
    expect(() => createFakeStripe({ latency: 5 } as never)).toThrow(
      new TypeError('createFakeStripe: unknown key "latency"'),
    );
  });
});

describe("the session", () => {
  test("is filled in and added up", async () => {
    const { actions } = await open({
      session: {
        currency: "eur",
        lineItems: [
          { unitAmount: 500, quantity: 3, taxExclusive: 100 },
          { unitAmount: 250, discount: 50 },
        ],
        total: { shippingRate: 300 },
      },
    });
    const session = actions.getSession();
    expect(session.lineItems.map(({ id, subtotal, total }) => [id, subtotal.minorUnitsAmount, total.amount])).toEqual([
      ["li_1", 1500, "€16.00"],
      ["li_2", 250, "€2.00"],
    ]);
    expect(session.total).toMatchObject({
      subtotal: { minorUnitsAmount: 1750, amount: "€17.50" },
      discount: { minorUnitsAmount: 50 },
      taxExclusive: { minorUnitsAmount: 100 },
      total: { minorUnitsAmount: 2100, amount: "€21.00" },
    });
    expect(session).toMatchObject({ status: { type: "open" }, canConfirm: true, minorUnitsAmountDivisor: 100 });
  });

  test("is right for a currency without minor units", async () => {
    const { actions } = await open({ session: { currency: "jpy", lineItems: [{ unitAmount: 500 }] } });
    expect(actions.getSession()).toMatchObject({ minorUnitsAmountDivisor: 1, total: { total: { amount: "¥500" } } });
  });

  test("fills in what a subscription was not given", async () => {
    const lineItems = [{ unitAmount: 1000, discount: 100 }];
    const told = async (recurring: SessionInit["recurring"]) =>
      (await open({ session: { lineItems, recurring } })).actions.getSession().recurring;
    const due = {
      subtotal: { minorUnitsAmount: 1000 },
      discount: { minorUnitsAmount: 100 },
      total: { amount: "$9.00" },
    };
    expect(await told({ interval: "year" })).toMatchObject({
      interval: "year",
      intervalCount: 1,
      isProrated: false,
      trial: null,
      dueNext: { ...due, billingCycleAnchor: null },
    });
    expect(await told({ intervalCount: 3, dueNext: { total: 500, billingCycleAnchor: 7 } })).toMatchObject({
      interval: "month",
      intervalCount: 3,
      dueNext: { ...due, total: { minorUnitsAmount: 500, amount: "$5.00" }, billingCycleAnchor: 7 },
    });
    expect(await told(null)).toBeNull();
  });

  test("stays the same object until something changes", async () => {
    const { actions, fake, changes } = await open();
    const before = actions.getSession();
    await fake.refetch();
    expect(actions.getSession()).toBe(before);
    fake.server({ email: null });
    expect(actions.getSession()).toBe(before);
    await fake.refetch();
    expect(actions.getSession()).not.toBe(before);
    expect(changes).toEqual([actions.getSession()]);
  });

  test("can be confirmed when it is open and there is an e-mail address", async () => {
    expect((await open({ session: { email: null } })).actions.getSession().canConfirm).toBe(false);
    expect((await open({ session: { status: { type: "expired" } } })).actions.getSession().canConfirm).toBe(false);
    expect((await open({ canConfirm: () => false })).actions.getSession().canConfirm).toBe(false);
  });
});

describe("runServerUpdate", () => {
  test("fetches the session after the function has succeeded, and hands back nothing of the function's", async () => {
    const { actions, fake, changes } = await open();
    const result = await actions.runServerUpdate(async () => {
      fake.server({ lineItems: [{ unitAmount: 7700 }] });
      return "response";
    });
    expect(result).toEqual({ type: "success", session: actions.getSession() });
    expect(actions.getSession().total.total.minorUnitsAmount).toBe(7700);
    expect(changes.map(({ canConfirm }) => canConfirm)).toEqual([false, true]);
    expect(fake.updates).toEqual([{ calls: 1, refetched: true, ended: "success" }]);
  });

  test("runs one at a time, in order, and cannot be confirmed meanwhile", async () => {
    const { actions, fake } = await open({ latencyMs: 5 });
    const steps: string[] = [];
    const step = (name: string) => async () => {
      steps.push(`${name} in`);
      expect(actions.getSession().canConfirm).toBe(false);
      await new Promise((resolve) => setTimeout(resolve, 10));
      steps.push(`${name} out`);
    };
    const all = [actions.runServerUpdate(step("a")), actions.runServerUpdate(step("b"))];
    expect(actions.getSession().canConfirm).toBe(false);
    const idle = watch(fake.idle());
    await vi.advanceTimersByTimeAsync(29);
    expect(idle.state).toBe("pending");
    await vi.advanceTimersByTimeAsync(1);
    await Promise.all(all);
    expect(steps).toEqual(["a in", "a out", "b in", "b out"]);
    expect(actions.getSession().canConfirm).toBe(true);
    await vi.waitFor(() => expect(idle.state).toBe("resolved"));
  });

  const refuse = async () => {
    throw new Error("refused");
  };
  const throwAtOnce = () => {
    throw new Error("refused");
  };

  test.each([
    ["rejects", refuse],
    ["throws", throwAtOnce],
  ])("fails without a fetch when the function %s", async (_, userFunction) => {
    const refresh = vi.fn(async () => ({}));
    const { actions, fake } = await open({ session: {}, refresh });
    await expect(actions.runServerUpdate(userFunction)).rejects.toThrow("refused");
    fake.set({ failures: "result" });
    expect(await actions.runServerUpdate(userFunction)).toEqual({
      type: "error",
      error: { message: "refused", code: null },
    });
    expect(refresh).not.toHaveBeenCalled();
    expect(actions.getSession().canConfirm).toBe(true);
    expect(fake.updates.map(({ ended }) => ended)).toEqual(["rejection", "error"]);
  });

  test.each([
    ["a function that fails", {}, refuse, "refused", "rejection"],
    ["the limit", { limitMs: 10 }, never, "The update took too long.", "rejection"],
    ["a failure before the call", { failWith: "No." }, nothing, "No.", "rejection"],
    ["a failed fetch", { failWith: "No.", failAt: "refresh" }, nothing, "No.", "error"],
    ["an error that is none", { ends: "error" }, nothing, "The update failed.", "error"],
  ] as const)(
    "%s ends as documented, unless it is told otherwise",
    async (_, settings, userFunction, message, ended) => {
      for (const [failures, expected] of [
        [undefined, ended],
        ["documented", ended],
        ["result", "error"],
        ["reject", "rejection"],
      ] as const) {
        const { actions, fake } = await open({ ...settings, failures });
        const update = watch(actions.runServerUpdate(userFunction));
        await vi.advanceTimersByTimeAsync(10);
        if (expected === "error") expect(update.value).toEqual({ type: "error", error: { message, code: null } });
        else expect(update.error).toEqual(new Error(message));
        expect(fake.updates).toMatchObject([{ ended: expected }]);
      }
    },
  );

  test("gives the function 20 s from its turn, and the fetch as long as it takes", async () => {
    const { actions } = await open({ latencyMs: 60_000 });
    const slow = () => new Promise<void>((resolve) => setTimeout(resolve, 19_999));
    const first = watch(actions.runServerUpdate(slow));
    const second = watch(actions.runServerUpdate(never));
    await vi.advanceTimersByTimeAsync(79_998);
    expect(first.state).toBe("pending");
    await vi.advanceTimersByTimeAsync(1);
    expect(first.value?.type).toBe("success");
    await vi.advanceTimersByTimeAsync(19_999);
    expect(second.state).toBe("pending");
    await vi.advanceTimersByTimeAsync(1);
    expect(second.error).toEqual(new Error("The update took too long."));
    expect(vi.getTimerCount()).toBe(0);
  });

  test("does not fetch when the function succeeds after its limit", async () => {
    const { actions, fake } = await open({ limitMs: 100 });
    const late = watch(actions.runServerUpdate(() => new Promise((resolve) => setTimeout(resolve, 150))));
    await vi.advanceTimersByTimeAsync(200);
    expect(late.state).toBe("rejected");
    expect(fake.updates[0]?.refetched).toBe(false);
  });

  test("a failed fetch is an error of its own, and the server's change stands", async () => {
    let down = true;
    const refresh = async () => {
      if (down) throw new Error("The session could not be fetched.");
      return { email: "new@example.com" };
    };
    const { actions } = await open({ session: {}, refresh });
    const failed = await actions.runServerUpdate(nothing);
    expect(failed).toMatchObject({ type: "error", error: { message: "The session could not be fetched." } });
    down = false;
    expect(await actions.runServerUpdate(nothing)).toMatchObject({ session: { email: "new@example.com" } });
  });

  test("a listener that throws stops nobody and is seen", async () => {
    const { stripe, actions, changes } = await open();
    stripe.initCheckoutElementsSdk({ clientSecret }).on("change", () => {
      throw new Error("listener");
    });
    const reported: (() => void)[] = [];
    vi.stubGlobal("queueMicrotask", (callback: () => void) => reported.push(callback));
    expect(await actions.runServerUpdate(nothing)).toMatchObject({ type: "success" });
    vi.unstubAllGlobals();
    expect(reported).toHaveLength(2);
    for (const report of reported) expect(report).toThrow("listener");
    expect(changes).toHaveLength(2);
  });
});

describe("misbehaves on request", () => {
  test("fails without calling the function", async () => {
    const userFunction = vi.fn(nothing);
    const { actions, fake } = await open({ failWith: "No." });
    await expect(actions.runServerUpdate(userFunction)).rejects.toThrow("No.");
    fake.set({ failWith: null });
    expect(await actions.runServerUpdate(userFunction)).toMatchObject({ type: "success" });
    expect(userFunction).toHaveBeenCalledOnce();
  });

  test("fails to fetch the session after the function", async () => {
    const { actions, fake } = await open({ failWith: "No.", failAt: "refresh" });
    fake.server({ email: "new@example.com" });
    expect(await actions.runServerUpdate(nothing)).toMatchObject({ type: "error", error: { message: "No." } });
    expect(fake.updates).toEqual([{ calls: 1, refetched: false, ended: "error" }]);
    expect(actions.getSession().email).toBe("customer@example.com");
  });

  test("ends without calling, and calls late", async () => {
    const userFunction = vi.fn(nothing);
    const { actions, fake } = await open();
    for (const [ends, ended] of [
      ["honest", "rejection"],
      ["success", "success"],
      ["error", "error"],
    ] as const) {
      fake.next({ calls: 0, ends });
      await actions.runServerUpdate(userFunction).catch(() => {});
      expect(fake.updates.at(-1)).toMatchObject({ ended });
    }
    expect(userFunction).not.toHaveBeenCalled();
    fake.next({ calls: 0, callsLate: true, failures: "result" });
    await actions.runServerUpdate(userFunction);
    expect(userFunction).not.toHaveBeenCalled();
    await vi.runAllTimersAsync();
    expect(userFunction).toHaveBeenCalledOnce();
    expect(fake.updates[3]).toEqual({ calls: 1, refetched: false, ended: "error" });
  });

  test("calls twice", async () => {
    const userFunction = vi.fn(nothing);
    const { actions } = await open({ calls: 2 });
    expect(await actions.runServerUpdate(userFunction)).toMatchObject({ type: "success" });
    expect(userFunction).toHaveBeenCalledTimes(2);
  });

  test("is silent until it is released, and then says what happened", async () => {
    const { actions, fake } = await open({ ends: "silent" });
    const good = watch(actions.runServerUpdate(nothing));
    const bad = watch(actions.runServerUpdate(() => Promise.reject(new Error("refused"))));
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect([good.state, bad.state]).toEqual(["pending", "pending"]);
    expect(actions.getSession().canConfirm).toBe(false);
    fake.release();
    await vi.advanceTimersByTimeAsync(0);
    expect(good.value?.type).toBe("success");
    expect(bad.error).toEqual(new Error("refused"));
  });

  test("is silent without having called", async () => {
    const userFunction = vi.fn(nothing);
    const { actions, fake } = await open({ calls: 0, ends: "silent", callsLate: true });
    const silent = watch(actions.runServerUpdate(userFunction));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(silent.state).toBe("pending");
    expect(userFunction).not.toHaveBeenCalled();
    fake.release();
    await vi.advanceTimersByTimeAsync(0);
    expect(silent.state).toBe("rejected");
    await vi.advanceTimersByTimeAsync(1);
    expect(userFunction).toHaveBeenCalledOnce();
  });

  test.each([
    ["honest", "rejection"],
    ["success", "success"],
    ["error", "error"],
  ] as const)("ends (%s) while the function is running", async (ends, ended) => {
    const { actions, fake } = await open({ endsAfterMs: 50, ends });
    const early = watch(actions.runServerUpdate(never));
    await vi.advanceTimersByTimeAsync(49);
    expect(early.state).toBe("pending");
    await vi.advanceTimersByTimeAsync(1);
    expect(fake.updates).toMatchObject([{ ended }]);
  });

  test("says success though the function failed, and error though it succeeded", async () => {
    const { actions, fake } = await open();
    fake.next({ ends: "success" });
    fake.next({ ends: "error", failures: "reject" });
    expect(await actions.runServerUpdate(() => Promise.reject(new Error("refused")))).toMatchObject({
      type: "success",
    });
    await expect(actions.runServerUpdate(nothing)).rejects.toThrow();
    expect(await actions.runServerUpdate(nothing)).toMatchObject({ type: "success" });
  });

  test("knows its settings", async () => {
    const { fake } = await open();
    expect(() => fake.set({ silent: true } as never)).toThrow(TypeError);
    expect(() => fake.next({ session: {} } as never)).toThrow(TypeError);
  });
});

describe("the other actions", () => {
  test("what the customer typed outlives a fetch, and the server's word replaces the rest", async () => {
    const { actions, fake } = await open({
      session: { email: null, lineItems: [{ quantity: 1, adjustableQuantity: { minimum: 1, maximum: 5 } }] },
    });
    expect(await actions.updateEmail("me@example.com")).toMatchObject({ session: { canConfirm: true } });
    await actions.updatePhoneNumber("+15550100");
    await actions.updateIndividualName("A. Customer");
    await actions.updateBusinessName("Customer Ltd");
    const address = { name: "A. Customer", address: { country: "DE" } };
    await actions.updateShippingAddress(address);
    await actions.updateBillingAddress(address);
    await actions.updateTaxIdInfo({ taxId: { type: "eu_vat", value: "DE123456789" }, businessName: "Customer Ltd" });
    const changed = await actions.updateLineItemQuantity({ lineItem: "li_1", quantity: 4 });
    expect(changed).toMatchObject({ session: { total: { total: { minorUnitsAmount: 4000 } } } });
    fake.server({ lineItems: [{ unitAmount: 1 }], email: "server@example.com" });
    await fake.refetch();
    expect(actions.getSession()).toMatchObject({
      email: "me@example.com",
      phoneNumber: "+15550100",
      nameCollection: { individualName: "A. Customer", businessName: "Customer Ltd" },
      shippingAddress: address,
      billingAddress: address,
      taxIdInfo: { taxId: { value: "DE123456789" } },
      lineItems: [{ unitAmount: { minorUnitsAmount: 1 } }],
    });
  });

  test("what the customer typed is overwritten by a fetch, on request", async () => {
    const address = { name: "A. Customer", address: { country: "DE" } };
    const { actions, fake } = await open({ session: { email: null }, overwrites: true });
    await actions.updateEmail("me@example.com");
    await actions.updateShippingAddress(address);
    expect(actions.getSession()).toMatchObject({ email: "me@example.com", shippingAddress: address });
    await actions.runServerUpdate(nothing);
    expect(actions.getSession()).toMatchObject({ email: null, shippingAddress: null, canConfirm: false });
    fake.set({ overwrites: false });
    await actions.updateEmail("me@example.com");
    await actions.runServerUpdate(nothing);
    expect(actions.getSession().email).toBe("me@example.com");
  });

  test("a server that is told keeps what the customer typed, for as long as it says so", async () => {
    const server: { email: string | null } = { email: null };
    const onChange = (change: object) => ("updateEmail" in change ? { email: String(change.updateEmail) } : {});
    const { actions } = await open({ session: {}, refresh: () => server, onChange, overwrites: true });
    expect(await actions.updateEmail("me@example.com")).toMatchObject({ session: { email: "me@example.com" } });
    await actions.runServerUpdate(nothing);
    expect(actions.getSession().email).toBeNull();
  });

  test.each([
    ["", "incompleteEmail"],
    ["me", "invalidEmail"],
  ])("refuse the e-mail address %j", async (email, code) => {
    const { actions, changes } = await open();
    expect(await actions.updateEmail(email)).toMatchObject({ type: "error", error: { code } });
    expect(changes).toEqual([]);
  });

  test("choose a shipping option and an optional item", async () => {
    const option = { id: "shr_1", currency: "usd", displayName: "Express", deliveryEstimate: null };
    const optional = { priceId: "price_9", name: "Sticker", description: null, unitAmountDecimal: null };
    const { actions } = await open({
      session: {
        shippingOptions: [{ ...option, minorUnitsAmount: 700, amount: "$7.00" }],
        optionalItems: [
          {
            ...optional,
            unitAmount: { minorUnitsAmount: 100, amount: "$1.00" },
            unitLabel: null,
            quantity: 1,
            adjustableQuantity: null,
            recurring: null,
            images: [],
            isSelected: false,
          },
        ],
      },
    });
    await actions.updateShippingOption("shr_1");
    expect(actions.getSession()).toMatchObject({
      shipping: { shippingOption: { id: "shr_1" } },
      total: { shippingRate: { amount: "$7.00" }, total: { amount: "$17.00" } },
    });
    await actions.addOptionalLineItem("price_9");
    expect(actions.getSession().optionalItems).toMatchObject([{ isSelected: true }]);
    await actions.removeOptionalLineItem("price_9");
    expect(actions.getSession().optionalItems).toMatchObject([{ isSelected: false }]);
    for (const refused of [
      actions.updateShippingOption("shr_2"),
      actions.addOptionalLineItem("price_8"),
      actions.removeOptionalLineItem("price_8"),
      actions.updateLineItemQuantity({ lineItem: "li_9", quantity: 1 }),
      actions.updateLineItemQuantity({ lineItem: "li_1", quantity: 2 }),
    ]) {
      expect(await refused).toMatchObject({ type: "error", error: { code: null } });
    }
  });

  test("a promotion code needs a server to know it", async () => {
    const bare = await open();
    expect(await bare.actions.applyPromotionCode("SAVE")).toMatchObject({ error: { code: "invalidCode" } });
    const onChange = vi.fn((change: object) => ("applyPromotionCode" in change ? { total: { discount: 100 } } : {}));
    const { actions } = await open({ session: {}, onChange });
    expect(await actions.applyPromotionCode("SAVE")).toMatchObject({
      session: { total: { total: { amount: "$9.00" } } },
    });
    expect(onChange).toHaveBeenCalledWith({ applyPromotionCode: "SAVE" }, expect.objectContaining({ id: "cs_test_1" }));
    expect(await actions.removePromotionCode()).toMatchObject({ type: "success" });
    expect(await actions.validateElements()).toMatchObject({ type: "success" });
  });

  test("a promotion code that the session begins with can be removed", async () => {
    const discountAmounts = [
      { displayName: "Save", promotionCode: "SAVE", recurring: null, percentOff: null, ...{ minorUnitsAmount: 100 } },
    ].map((discount) => ({ ...discount, amount: "$1.00" }));
    const { actions } = await open({
      session: { lineItems: [{ unitAmount: 1000, discount: 100 }], discountAmounts, total: { shippingRate: 500 } },
    });
    expect(actions.getSession().total.total.amount).toBe("$14.00");
    await actions.removePromotionCode();
    expect(actions.getSession()).toMatchObject({
      discountAmounts: null,
      total: { discount: { minorUnitsAmount: 0 }, shippingRate: { amount: "$5.00" }, total: { amount: "$15.00" } },
    });
  });

  test("a server may say by its code why a promotion code cannot be used", async () => {
    const code = "promotionCodeAmountInsufficient";
    const onChange = () => Promise.reject(Object.assign(new Error("Spend $20 for this."), { code }));
    const { actions } = await open({ onChange });
    expect(await actions.applyPromotionCode("SAVE")).toEqual({
      type: "error",
      error: { message: "Spend $20 for this.", code },
    });
  });

  test("a server may refuse a change", async () => {
    const onChange = () => Promise.reject(new Error("We do not ship there."));
    const { actions } = await open({ onChange });
    expect(await actions.updateShippingAddress({ address: { country: "AQ" } })).toEqual({
      type: "error",
      error: { message: "We do not ship there.", code: null },
    });
    expect(actions.getSession().shippingAddress).toBeNull();
  });

  test("take as long as the latency says", async () => {
    const { actions } = await open({ latencyMs: 50 });
    const email = watch(actions.updateEmail("me@example.com"));
    await vi.advanceTimersByTimeAsync(49);
    expect(email.state).toBe("pending");
    await vi.advanceTimersByTimeAsync(1);
    expect(email.state).toBe("resolved");
  });
});

describe("the shapes of older versions", () => {
  // What the loaders of `@stripe/stripe-js` 5.10 to 10 compare with, and warn of.
  test.each([
    [5, "v3"],
    [6, "acacia"],
    [7, "basil"],
    [8, "clover"],
    [9, "dahlia"],
    [10, "endive"],
    [undefined, "endive"],
  ] as const)("%s is the release that its loader expects", (version, release) => {
    expect(createFakeStripe({ version }).fake.Stripe.version).toBe(release);
  });

  test("a setting that holds nothing is as it was", async () => {
    const stripe = createFakeStripe({ latencyMs: undefined, failures: "result" });
    stripe.fake.set({ failWith: "No." });
    stripe.fake.set({ failWith: undefined });
    stripe.fake.next({ failures: undefined });
    const loaded = await stripe.initCheckoutElementsSdk({ clientSecret: "cs_test_1_secret_2" }).loadActions();
    if (loaded.type === "error") throw new Error(loaded.error.message);
    const result = await loaded.actions.runServerUpdate(async () => {});
    expect(result).toEqual({ type: "error", error: { message: "No.", code: null } });
  });

  test.each([
    [5, "success"],
    [6, "success"],
    [7, "session"],
  ] as const)("%i has everything on checkout, and the session under %j", async (version, key) => {
    const stripe = createFakeStripe({ version });
    const checkout = await stripe.initCheckout?.({ fetchClientSecret: async () => clientSecret });
    expect(checkout.session().id).toBe("cs_test_1");
    expect(checkout).not.toHaveProperty("loadActions");
    expect(checkout).not.toHaveProperty("getSession");
    expect(await checkout.runServerUpdate(nothing)).toEqual({ type: "success", [key]: checkout.session() });
    await expect(stripe.initCheckout?.({ clientSecret: "x" })).rejects.toThrow();
  });

  test("8 has both entries, and 9 and 10 the new one only", async () => {
    expect(createFakeStripe({ version: 8 }).initCheckout?.({ clientSecret })).toHaveProperty("loadActions");
    expect(createFakeStripe({ version: 9 })).not.toHaveProperty("initCheckout");
    expect(createFakeStripe()).not.toHaveProperty("initCheckout");
  });
});

test("everything survives being copied, as React's hook does", async () => {
  const stripe = { ...createFakeStripe() };
  const sdk = { ...stripe.initCheckoutElementsSdk({ clientSecret }) };
  const loaded = await sdk.loadActions();
  if (loaded.type === "error") throw new Error(loaded.error.message);
  const { getSession, ...others } = loaded.actions;
  const checkout = { ...getSession(), ...sdk, ...others };
  const { runServerUpdate } = checkout;
  expect(await runServerUpdate(nothing)).toMatchObject({ type: "success" });
  for (const made of [stripe, sdk, loaded.actions, checkout])
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
});

test("takes a clock of one's own", async () => {
  const due: (() => void)[] = [];
  const timers = { setTimeout: (callback: () => void) => due.push(callback), clearTimeout: () => {} };
  const stripe = createFakeStripe({ timers, limitMs: 5 });
  const loaded = await stripe.initCheckoutElementsSdk({ clientSecret }).loadActions();
  if (loaded.type === "error") throw new Error(loaded.error.message);
  const update = watch(loaded.actions.runServerUpdate(never));
  await vi.advanceTimersByTimeAsync(100);
  expect(update.state).toBe("pending");
  expect(due).toHaveLength(1);
  due[0]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(update.state).toBe("rejected");
});

test("what the stand-in cannot do is said", async () => {
  const stripe = createFakeStripe();
  for (const result of [stripe.createToken(), stripe.createPaymentMethod({}), stripe.confirmCardPayment("x")]) {
    expect(await result).toMatchObject({ error: { type: "invalid_request_error" } });
  }
  expect(() => stripe.elements()).toThrow();
});

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createFakeStripe, type FakeConfirmArgs } from "../../../js/testing/index.js";
import { clientSecret, nothing, open, show, watch } from "./support.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a payment completes the session for good", async () => {
  const { actions, fake } = await show({ session: { email: null } });
  expect(await actions.confirm()).toMatchObject({ type: "error", error: { code: null } });
  const result = await actions.confirm({ email: "me@example.com" });
  const complete = { status: { type: "complete", paymentStatus: "paid" }, canConfirm: false };
  expect(result).toMatchObject({ type: "success", session: complete });
  await fake.refetch();
  expect(actions.getSession()).toMatchObject(complete);
  expect(await actions.confirm()).toMatchObject({ type: "error" });
  expect(fake.payments).toEqual([
    { shown: 1000, paid: null, ended: "error" },
    { shown: 1000, paid: 1000, ended: "success" },
    { shown: 1000, paid: null, ended: "error" },
  ]);
});

describe("the total must have been read", () => {
  const unread = { type: "error", error: { message: expect.stringContaining("total.total.amount"), code: null } };

  test.each([
    ["nothing", () => {}, false],
    ["the session", ({ getSession }) => getSession(), false],
    ["a copy as React's hook makes it", ({ getSession }) => ({ ...getSession() }), false],
    ["another amount", ({ getSession }) => getSession().total.subtotal.amount, false],
    ["minor units alone", ({ getSession }) => getSession().total.total.minorUnitsAmount, false],
    ["the currency alone", ({ getSession }) => getSession().currency, false],
    [
      "minor units and currency",
      ({ getSession }) => [getSession().total.total.minorUnitsAmount, getSession().currency],
      true,
    ],
    ["the amount", ({ getSession }) => getSession().total.total.amount, true],
    ["the amount of a copy", ({ getSession }) => ({ ...getSession() }).total.total.amount, true],
    ["all of it as JSON", ({ getSession }) => JSON.stringify(getSession()), true],
  ] as [string, (actions: Awaited<ReturnType<typeof open>>["actions"]) => unknown, boolean][])(
    "reading %s",
    async (_, read, enough) => {
      const { actions, fake } = await open();
      read(actions);
      // What is read for a test is not what the page shows.
      expect(fake.session().total.total.amount).toBe("$10.00");
      expect(await actions.confirm()).toMatchObject(enough ? { type: "success" } : unread);
    },
  );

  test("it counts wherever the session came from, and once is enough", async () => {
    for (const how of ["change", "result"]) {
      const { actions, fake, changes } = await open();
      fake.server({ lineItems: [{ unitAmount: 500 }] });
      const result = await actions.runServerUpdate(nothing);
      if (result.type === "error") throw new Error(result.error.message);
      expect(await actions.confirm()).toMatchObject(unread);
      expect((how === "change" ? changes.at(-1) : result.session)?.total.total.amount).toBe("$5.00");
      fake.server({ lineItems: [{ unitAmount: 600 }] });
      await fake.refetch();
      expect(await actions.confirm()).toMatchObject({ type: "success" });
    }
  });

  test("the stand-in's own looks do not count", async () => {
    const seen: string[] = [];
    const { actions } = await open({
      canConfirm: (session) => seen.push(session.total.total.amount) > 0,
      onChange: (_, session) => void seen.push(session.total.total.amount),
    });
    await actions.updateEmail("me@example.com");
    expect(seen).toContain("$10.00");
    expect(await actions.confirm()).toMatchObject(unread);
  });

  test("a session is a plain object all the same", async () => {
    const { actions } = await open();
    const session = actions.getSession();
    for (const part of [session, session.total, session.total.total]) {
      expect(Object.getPrototypeOf(part)).toBe(Object.prototype);
    }
    expect(structuredClone(session)).toEqual(JSON.parse(JSON.stringify(session)));
    expect(session.total.total).toEqual({ minorUnitsAmount: 1000, amount: "$10.00" });
  });
});

test("an update that is pending refuses the payment", async () => {
  const { actions, fake } = await show({ ends: "silent" });
  const update = actions.runServerUpdate(nothing);
  expect(await actions.confirm()).toMatchObject({ type: "error", error: { message: "An update is pending." } });
  fake.release();
  await update;
  expect(await actions.confirm()).toMatchObject({ type: "success" });
});

test("a second payment meanwhile is refused", async () => {
  const { actions, fake } = await show({ latencyMs: 10 });
  const both = [actions.confirm(), actions.confirm()];
  await vi.advanceTimersByTimeAsync(100);
  expect(await Promise.all(both)).toMatchObject([
    { type: "success" },
    { error: { message: "A payment is under way." } },
  ]);
  expect(fake.payments.map(({ paid }) => paid)).toEqual([1000, null]);
});

test("what is paid is what the server has, whatever the page showed", async () => {
  const { actions, fake } = await show();
  fake.server({ lineItems: [{ unitAmount: 7700 }] });
  expect(await actions.confirm()).toMatchObject({ session: { total: { total: { amount: "$77.00" } } } });
  expect(fake.payments).toEqual([{ shown: 1000, paid: 7700, ended: "success" }]);
});

test("the server is told what the page gave, and no functions or events", async () => {
  const onChange = vi.fn();
  const { actions } = await show({ onChange });
  await actions.confirm({ email: "me@example.com", redirect: "if_required", onRequiresApproval: nothing });
  expect(onChange.mock.calls[0]?.[0]).toEqual({ confirm: { email: "me@example.com", redirect: "if_required" } });
});

describe("a payment is declined", () => {
  test("by a message", async () => {
    const { actions, fake } = await show({ declineWith: "Your card was declined." });
    expect(await actions.confirm()).toEqual({
      type: "error",
      error: {
        code: "paymentFailed",
        message: "Your card was declined.",
        paymentFailed: { declineCode: "generic_decline" },
      },
    });
    expect(actions.getSession()).toMatchObject({
      status: { type: "open" },
      lastPaymentError: { message: "Your card was declined." },
    });
    fake.set({ declineWith: null });
    expect(await actions.confirm()).toMatchObject({ session: { lastPaymentError: null } });
    expect(fake.payments.map(({ paid, ended }) => [paid, ended])).toEqual([
      [null, "error"],
      [1000, "success"],
    ]);
  });

  test.each([
    ["4000 0000 0000 0002", "pm_card_visa_chargeDeclined", "generic_decline"],
    ["4000000000009995", "pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"],
    ["4000000000009987", "pm_card_visa_chargeDeclinedLostCard", "lost_card"],
    ["4000000000009979", "pm_card_visa_chargeDeclinedStolenCard", "stolen_card"],
    ["4000 0000 0000 0069", "pm_card_chargeDeclinedExpiredCard", "expired_card"],
    ["4000 0000 0000 0127", "pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc"],
    ["4000 0000 0000 0119", "pm_card_chargeDeclinedProcessingError", "processing_error"],
  ])("with the test card %s or the payment method %s", async (card, paymentMethod, declineCode) => {
    const { actions, fake } = await show({ card });
    const declined = { error: { code: "paymentFailed", message: expect.any(String), paymentFailed: { declineCode } } };
    expect(await actions.confirm()).toMatchObject(declined);
    fake.set({ card: "4242 4242 4242 4242" });
    expect(await actions.confirm({ paymentMethod })).toMatchObject(declined);
    expect(await actions.confirm({ paymentMethod: "pm_card_visa" })).toMatchObject({ type: "success" });
  });
});

describe("approval", () => {
  test("is waited for before the charge", async () => {
    const { actions, fake } = await show({ requiresApproval: true });
    let approve!: () => void;
    const onRequiresApproval = vi.fn(() => new Promise<void>((resolve) => (approve = resolve)));
    const paying = watch(actions.confirm({ onRequiresApproval }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect([paying.state, onRequiresApproval.mock.calls.length]).toEqual(["pending", 1]);
    expect(fake.payments).toMatchObject([{ paid: null, ended: null }]);
    approve();
    await vi.advanceTimersByTimeAsync(0);
    expect(paying.value?.type).toBe("success");
  });

  test("that fails, or that nobody gives, charges nothing", async () => {
    const { actions } = await show({ requiresApproval: true });
    const onRequiresApproval = () => Promise.reject(new Error("Out of stock."));
    expect(await actions.confirm({ onRequiresApproval })).toEqual({
      type: "error",
      error: { message: "Out of stock.", code: null },
    });
    expect(await actions.confirm()).toMatchObject({ type: "error" });
    expect(actions.getSession().status.type).toBe("open");
  });

  test("is not asked for otherwise", async () => {
    const onRequiresApproval = vi.fn(nothing);
    const { actions } = await show();
    expect(await actions.confirm({ onRequiresApproval })).toMatchObject({ type: "success" });
    expect(onRequiresApproval).not.toHaveBeenCalled();
  });
});

describe("leaving the page", () => {
  const returnUrl = "https://shop.example/paid";

  async function pay(args: FakeConfirmArgs, redirects = false) {
    const navigate = vi.fn();
    const { actions, fake } = await show({ navigate, redirects });
    const paying = watch(actions.confirm(args));
    await vi.advanceTimersByTimeAsync(60_000);
    const [payment] = fake.payments;
    return { paying, navigate, payment, actions, fake };
  }

  test.each([
    [{ returnUrl }, true],
    [{ returnUrl, redirect: "always" }, true],
    [{ returnUrl, redirect: "if_required" }, false],
    [{ redirect: "if_required" }, false],
    [{}, false],
  ] as [FakeConfirmArgs, boolean][])("after a payment with %j: %j", async (args, leaves) => {
    const { paying, navigate, payment } = await pay(args);
    expect(paying.state).toBe(leaves ? "pending" : "resolved");
    expect(navigate.mock.calls).toEqual(leaves ? [[returnUrl]] : []);
    expect(payment).toEqual({ shown: 1000, paid: 1000, ended: leaves ? "redirect" : "success" });
  });

  test("before the payment, where the payment method requires it; the customer may come back and pay", async () => {
    const { paying, navigate, payment, actions, fake } = await pay({ returnUrl, redirect: "if_required" }, true);
    expect(paying.state).toBe("pending");
    expect(navigate).toHaveBeenCalledExactlyOnceWith(returnUrl);
    expect(payment).toEqual({ shown: 1000, paid: null, ended: "redirect" });
    expect(actions.getSession().status.type).toBe("open");
    fake.set({ redirects: false });
    expect(await actions.confirm()).toMatchObject({ type: "success" });
    expect(paying.state).toBe("pending");
  });

  test("goes by location, and nowhere without one", async () => {
    const assign = vi.fn();
    vi.stubGlobal("location", { assign });
    const there = await show();
    watch(there.actions.confirm({ returnUrl }));
    await vi.advanceTimersByTimeAsync(0);
    expect(assign).toHaveBeenCalledExactlyOnceWith(returnUrl);
    vi.unstubAllGlobals();
    const nowhere = await show();
    expect(await nowhere.actions.confirm({ returnUrl })).toMatchObject({ type: "success" });
  });
});

describe("Stripe.js misbehaves on request", () => {
  test("it rejects, and nothing is charged", async () => {
    const { actions, fake } = await show({ confirmEnds: "reject" });
    await expect(actions.confirm()).rejects.toThrow("The payment could not be made.");
    expect(fake.payments).toEqual([{ shown: 1000, paid: null, ended: "rejection" }]);
    fake.set({ confirmEnds: "honest" });
    expect(await actions.confirm()).toMatchObject({ type: "success" });
  });

  test("it is silent until it is released, and charges what the session costs then", async () => {
    const { actions, fake } = await show({ confirmEnds: "silent" });
    const paying = watch(actions.confirm());
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(paying.state).toBe("pending");
    fake.server({ lineItems: [{ unitAmount: 2000 }] });
    await actions.runServerUpdate(nothing);
    fake.release();
    await vi.advanceTimersByTimeAsync(0);
    expect(paying.value?.type).toBe("success");
    expect(fake.payments).toEqual([{ shown: 1000, paid: 2000, ended: "success" }]);
  });
});

test("the shape of older versions pays too", async () => {
  const checkout = await createFakeStripe({ version: 6 }).initCheckout?.({ clientSecret });
  expect(await checkout.confirm()).toMatchObject({ type: "error" });
  expect(checkout.session().total.total.amount).toBe("$10.00");
  expect(await checkout.confirm()).toMatchObject({ type: "success", success: { status: { type: "complete" } } });
});

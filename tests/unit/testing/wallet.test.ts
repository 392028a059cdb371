// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { nothing, show, watch } from "./support.js";

const reported: (() => void)[] = [];

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  reported.length = 0;
  document.body.replaceChildren();
});

/** A page with the element, which answers a click at once unless it is told otherwise. */
async function express(
  options: Parameters<typeof show>[0] = {},
  click: (event: any) => void = ({ resolve }) => resolve(),
) {
  const page = await show(options);
  const element = page.sdk.createExpressCheckoutElement();
  element.on("click", click);
  const cancelled = vi.fn();
  element.on("cancel", cancelled);
  return { ...page, element, cancelled, wallet: page.fake.wallet };
}

/** Keeps what would be reported as an uncaught error. */
const keepReports = () => vi.stubGlobal("queueMicrotask", (callback: () => void) => reported.push(callback));

describe("a click", () => {
  test("is told with the wallet's name, and opens the sheet when it is resolved", async () => {
    const click = vi.fn();
    const { wallet } = await express({ wallets: ["apple_pay", "link"] }, click);
    const pressed = watch(wallet.press());
    expect(click).toHaveBeenCalledExactlyOnceWith({
      elementType: "expressCheckout",
      expressPaymentType: "apple_pay",
      resolve: expect.any(Function),
      reject: expect.any(Function),
    });
    expect(wallet.state()).toBe("asked");
    expect(() => wallet.press()).toThrow("must be closed");
    await vi.advanceTimersByTimeAsync(999);
    click.mock.lastCall?.[0].resolve({ lineItems: [] });
    expect(wallet.state()).toBe("open");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(pressed.value).toBe("open");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("opens nothing when it is rejected, and the first answer counts", async () => {
    const { wallet, cancelled } = await express({}, ({ reject, resolve }) => (reject(), resolve()));
    expect(await wallet.press("link")).toBe("rejected");
    expect(wallet.state()).toBe("closed");
    expect(cancelled).not.toHaveBeenCalled();
    expect(() => wallet.cancel()).toThrow("must be open");
    await expect(wallet.approve()).rejects.toThrow("must be open");
  });

  test("that is not answered within a second is reported, and opens nothing any more", async () => {
    keepReports();
    const click = vi.fn();
    const { wallet } = await express({}, click);
    const pressed = watch(wallet.press());
    await vi.advanceTimersByTimeAsync(999);
    expect([pressed.state, reported.length]).toEqual(["pending", 0]);
    await vi.advanceTimersByTimeAsync(1);
    expect(pressed.value).toBe("late");
    expect(reported).toHaveLength(1);
    expect(reported[0]).toThrow(
      expect.objectContaining({ name: "IntegrationError", message: expect.stringContaining("1 second") }),
    );
    click.mock.lastCall?.[0].resolve();
    expect(wallet.state()).toBe("closed");
  });

  test("opens the sheet by itself where nobody listens", async () => {
    const { sdk, fake } = await show();
    sdk.createExpressCheckoutElement();
    expect(await fake.wallet.press()).toBe("open");
  });
});

test("a sheet that is cancelled is closed, and the page is told", async () => {
  const { wallet, cancelled } = await express();
  await wallet.press();
  wallet.cancel();
  expect(cancelled).toHaveBeenCalledExactlyOnceWith({ elementType: "expressCheckout" });
  expect(wallet.state()).toBe("closed");
  expect(await wallet.press()).toBe("open");
});

describe("an approved payment", () => {
  test("is confirmed inside the handler, with what the wallet knows of the customer", async () => {
    const { wallet, element, actions, fake } = await express({ session: { email: null } });
    element.on("confirm", async (event) => {
      expect(event).toMatchObject({ expressPaymentType: "link", billingDetails: { name: "Ada Lovelace" } });
      await new Promise((resolve) => setTimeout(resolve, 50));
      await actions.confirm({ expressCheckoutConfirmEvent: event });
    });
    await wallet.press();
    const shippingAddress = { name: "Ada", address: { country: "GB" } };
    const approved = watch(wallet.approve({ shippingAddress }));
    expect(wallet.state()).toBe("confirming");
    expect(() => wallet.cancel()).toThrow("must be open");
    await vi.advanceTimersByTimeAsync(50);
    expect(approved.value).toEqual({ ended: "paid", failure: null });
    expect(wallet.state()).toBe("closed");
    expect(actions.getSession()).toMatchObject({ email: "customer@example.com", shippingAddress });
    expect(fake.payments).toMatchObject([{ ended: "success" }]);
  });

  test("is that of the total on the sheet, and what is paid is what the server has", async () => {
    const { wallet, element, actions, fake } = await express();
    element.on("confirm", (event) => actions.confirm({ expressCheckoutConfirmEvent: event }));
    await wallet.press();
    fake.server({ lineItems: [{ unitAmount: 2000 }] });
    await actions.runServerUpdate(nothing);
    expect(await wallet.approve()).toMatchObject({ ended: "paid" });
    expect(fake.payments).toEqual([{ shown: 1000, paid: 2000, ended: "success" }]);
  });

  test("that fails leaves the sheet open with the page's message, to be tried again", async () => {
    const { wallet, element, actions, fake } = await express({ declineWith: "Declined." });
    element.on("confirm", async (event) => {
      const result = await actions.confirm({ expressCheckoutConfirmEvent: event });
      if (result.type === "error") event.paymentFailed({ reason: "fail", message: result.error.message });
    });
    await wallet.press();
    expect(await wallet.approve()).toEqual({ ended: "failed", failure: { reason: "fail", message: "Declined." } });
    expect(wallet.state()).toBe("open");
    fake.set({ declineWith: null });
    expect(await wallet.approve()).toEqual({ ended: "paid", failure: null });
  });

  test("that the page refuses without a payment has failed", async () => {
    const { wallet, element, fake } = await express();
    element.on("confirm", ({ paymentFailed }) => paymentFailed());
    await wallet.press();
    expect(await wallet.approve()).toEqual({ ended: "failed", failure: {} });
    expect(fake.payments).toEqual([]);
  });

  test("whose handler throws has failed, and what was thrown is reported", async () => {
    keepReports();
    const { wallet, element } = await express();
    element.on("confirm", () => {
      throw new Error("the page's own");
    });
    await wallet.press();
    expect(await wallet.approve()).toEqual({ ended: "failed", failure: null });
    expect(reported.at(-1)).toThrow("the page's own");
  });

  test("that is confirmed after the handlers have ended is refused as Stripe.js does", async () => {
    const { wallet, element, actions, fake } = await express();
    let late: Promise<unknown> | undefined;
    element.on("confirm", (event) => {
      late = new Promise((resolve) => setTimeout(resolve, 10)).then(() =>
        actions.confirm({ expressCheckoutConfirmEvent: event }),
      );
      late.catch(() => {});
    });
    await wallet.press();
    expect(await wallet.approve()).toEqual({ ended: "failed", failure: null });
    await vi.advanceTimersByTimeAsync(10);
    await expect(late).rejects.toMatchObject({ name: "IntegrationError" });
    await expect(actions.confirm({ expressCheckoutConfirmEvent: {} })).rejects.toThrow("within the confirm event");
    expect(fake.payments.map(({ ended }) => ended)).toEqual(["rejection", "rejection"]);
  });

  test("that nobody waits for, begun inside the handler, is waited for by the wallet", async () => {
    const { wallet, element, actions } = await express({ latencyMs: 10 });
    element.on("confirm", (event) => void actions.confirm({ expressCheckoutConfirmEvent: event }));
    await wallet.press();
    const approved = watch(wallet.approve());
    await vi.advanceTimersByTimeAsync(19);
    expect(approved.state).toBe("pending");
    await vi.advanceTimersByTimeAsync(1);
    expect(approved.value).toMatchObject({ ended: "paid" });
  });

  test("that leaves the page closes the sheet", async () => {
    const navigate = vi.fn();
    const { wallet, element, actions } = await express({ navigate });
    element.on("confirm", async (event) => {
      await actions.confirm({ expressCheckoutConfirmEvent: event, returnUrl: "https://shop.example/paid" });
    });
    await wallet.press();
    expect(await wallet.approve()).toMatchObject({ ended: "redirected" });
    expect([wallet.state(), navigate.mock.calls.length]).toEqual(["closed", 1]);
  });
});

test("the customer sees a button for each wallet, and the sheet in its place", async () => {
  const page = await express({ declineWith: "Declined.", wallets: ["google_pay", "paypal"] });
  const { element, actions, wallet, fake } = page;
  const ready = vi.fn();
  element.on("ready", ready);
  element.on("confirm", async (event) => {
    const result = await actions.confirm({ expressCheckoutConfirmEvent: event });
    if (result.type === "error") event.paymentFailed({ message: result.error.message });
  });
  element.mount(document.body.appendChild(document.createElement("div")));
  const texts = () => [...document.querySelectorAll("button, p")].map(({ textContent }) => textContent);
  const press = (name: string) =>
    [...document.querySelectorAll("button")].find(({ textContent }) => textContent === name)?.click();
  const settle = () => vi.advanceTimersByTimeAsync(0);
  await settle();
  const others = { amazonPay: false, applePay: false, link: false, klarna: false };
  expect(ready).toHaveBeenCalledExactlyOnceWith({
    elementType: "expressCheckout",
    availablePaymentMethods: { googlePay: true, paypal: true, ...others },
  });
  expect(texts()).toEqual(["Pay with Google Pay", "Pay with PayPal"]);
  press("Pay with PayPal");
  expect(texts()).toEqual(["Pay $10.00?", "Approve", "Cancel"]);
  press("Approve");
  await settle();
  expect(texts()).toEqual(["Pay $10.00?", "Declined.", "Approve", "Cancel"]);
  press("Cancel");
  expect(texts()).toEqual(["Pay with Google Pay", "Pay with PayPal"]);
  fake.set({ declineWith: null });
  press("Pay with Google Pay");
  press("Approve");
  await settle();
  expect([wallet.state(), actions.getSession().status.type]).toEqual(["closed", "complete"]);
  expect(document.querySelector("[style]")).toBeNull();
});

test("without wallets there is no button, and the page is told", async () => {
  const { element } = await express({ wallets: [] });
  const ready = vi.fn();
  element.on("ready", ready);
  element.mount(document.body.appendChild(document.createElement("div")));
  await vi.advanceTimersByTimeAsync(0);
  expect(document.querySelector("button")).toBeNull();
  expect(ready.mock.lastCall?.[0]).toHaveProperty("availablePaymentMethods", undefined);
});

test("the wallet that was made last is steered, and before there is one the stand-in says so", async () => {
  const { sdk, fake } = await show();
  expect(() => fake.wallet.press()).toThrow("There is no Express Checkout Element");
  const [first, second] = [vi.fn(), vi.fn()];
  sdk.createExpressCheckoutElement().on("click", first);
  sdk.createExpressCheckoutElement().on("click", second);
  void fake.wallet.press();
  expect([first.mock.calls.length, second.mock.calls.length]).toEqual([0, 1]);
});

// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";
import { createFakeStripe } from "../../../js/testing/index.js";

const clientSecret = "cs_test_1_secret_2";
afterEach(() => document.body.replaceChildren());

test("an element mounts a placeholder that assistive technology can name, without an inline style", async () => {
  document.body.innerHTML = '<div id="payment-element"></div>';
  const sdk = createFakeStripe().initCheckoutElementsSdk({ clientSecret });
  const element = sdk.createPaymentElement();
  const ready = vi.fn();
  element.on("ready", ready);
  element.mount("#payment-element");
  const box = document.querySelector("#payment-element > .fake-stripe-element");
  expect(box?.getAttribute("role")).toBe("group");
  expect(box?.getAttribute("aria-label")).toBe("Payment details");
  expect(document.querySelector("[style]")).toBeNull();
  await vi.waitFor(() => expect(ready).toHaveBeenCalledExactlyOnceWith({ elementType: "payment" }));
  expect(sdk.getPaymentElement()).toBe(element);
  element.destroy();
  expect(document.querySelector(".fake-stripe-element")).toBeNull();
  expect(sdk.getPaymentElement()).toBeNull();
});

test("every element can be made", () => {
  const sdk = createFakeStripe().initCheckoutElementsSdk({ clientSecret });
  const creators = Object.keys(sdk).filter((name) => name.startsWith("create"));
  expect(creators).toHaveLength(9);
  for (const name of creators) {
    const parent = document.body.appendChild(document.createElement("div"));
    (sdk as unknown as Record<string, () => ReturnType<typeof sdk.createPaymentElement>>)[name]?.().mount(parent);
    expect(parent.querySelector("[role=group][aria-label] :is(p, button)")?.textContent).toBeTruthy();
  }
});

test("events of an element can be listened to, and let happen", () => {
  const element = createFakeStripe().initCheckoutElementsSdk({ clientSecret }).createShippingAddressElement();
  const [on, once] = [vi.fn(), vi.fn()];
  element.on("change", on);
  element.once("change", once);
  element.emit("change", { complete: true });
  element.emit("change", { complete: true });
  element.off("change", on);
  element.emit("change");
  expect(on).toHaveBeenCalledTimes(2);
  expect(on).toHaveBeenCalledWith({ elementType: "address", complete: true });
  expect(once).toHaveBeenCalledOnce();
});

test("an element says when it has nowhere to be", () => {
  const sdk = createFakeStripe().initCheckoutElementsSdk({ clientSecret });
  expect(() => sdk.createPaymentElement().mount("#nowhere")).toThrow();
});

test("the real loadStripe takes it as window.Stripe", async () => {
  const warn = vi.spyOn(console, "warn");
  const stripe = createFakeStripe();
  window.Stripe = stripe.fake.Stripe;
  const { loadStripe } = await import("@stripe/stripe-js");
  expect(await loadStripe("pk_test_1")).toBe(stripe);
  expect(warn).not.toHaveBeenCalled();
  delete window.Stripe;
});

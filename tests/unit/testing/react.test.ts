// @vitest-environment jsdom
import {
  CheckoutElementsProvider,
  PaymentElement,
  useCheckoutElements,
  type StripeUseCheckoutElementsResult,
} from "@stripe/react-stripe-js/checkout";
import { act, createElement, StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createFakeStripe } from "../../../js/testing/index.js";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
const clientSecret = "cs_test_1_secret_2";
let root: Root;
let latest: StripeUseCheckoutElementsResult;
const checkout = () => {
  if (latest.type !== "success") throw new Error(latest.type);
  return latest.checkout;
};

function Page() {
  latest = useCheckoutElements();
  return latest.type === "success" ? createElement(PaymentElement) : latest.type;
}

async function render(stripe: unknown): Promise<void> {
  const options = { clientSecret };
  const provider = createElement(CheckoutElementsProvider, { stripe: stripe as never, options }, createElement(Page));
  await act(async () => root.render(createElement(StrictMode, null, provider)));
}

beforeEach(() => {
  root = createRoot(document.body.appendChild(document.createElement("main")));
});
afterEach(async () => {
  await act(async () => root.unmount());
  document.body.replaceChildren();
});

test("the real CheckoutElementsProvider takes it, as an object and as a promise", async () => {
  const error = vi.spyOn(console, "error");
  for (const given of [createFakeStripe(), Promise.resolve(createFakeStripe())]) {
    await render(given);
    expect(latest.type).toBe("success");
    expect(document.querySelector("main .fake-stripe-element")).not.toBeNull();
    await act(async () => root.unmount());
    root = createRoot(document.querySelector("main") as HTMLElement);
  }
  expect(error).not.toHaveBeenCalled();
});

test("the real hook sees each change, and its copied methods work", async () => {
  const stripe = createFakeStripe();
  await render(stripe.fake.Stripe("pk_test_1"));
  const { runServerUpdate } = checkout();
  stripe.fake.server({ lineItems: [{ unitAmount: 4200 }] });
  await act(async () => void (await runServerUpdate(async () => {})));
  expect(checkout().total.total.minorUnitsAmount).toBe(4200);
  expect(checkout().canConfirm).toBe(true);
});

test("a secret that is none becomes the hook's error", async () => {
  const stripe = createFakeStripe();
  const { initCheckoutElementsSdk } = stripe;
  await render({ ...stripe, initCheckoutElementsSdk: () => initCheckoutElementsSdk({ clientSecret: "x" }) });
  expect(latest.type).toBe("error");
});

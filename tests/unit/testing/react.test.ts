// @vitest-environment jsdom
import {
  CheckoutElementsProvider,
  CheckoutForm,
  CheckoutFormProvider,
  ExpressCheckoutElement,
  PaymentElement,
  useCheckoutElements,
  useCheckoutForm,
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

test("the real ExpressCheckoutElement presses, cancels and pays", async () => {
  const stripe = createFakeStripe();
  const told: string[] = [];
  function Wallets() {
    const found = useCheckoutElements();
    if (found.type !== "success") return null;
    const { checkout } = found;
    return createElement(ExpressCheckoutElement, {
      // Attached by the real element, though its type for checkouts does not have it.
      ...({ onClick: ({ resolve }: { resolve: () => void }) => (told.push("click"), resolve()) } as object),
      onCancel: () => void told.push("cancel"),
      onConfirm: async (event) => {
        told.push(checkout.total.total.amount);
        const { type } = await checkout.confirm({ expressCheckoutConfirmEvent: event });
        told.push(type);
      },
    });
  }
  const options = { clientSecret };
  const provider = createElement(
    CheckoutElementsProvider,
    { stripe: stripe as never, options },
    createElement(Wallets),
  );
  await act(async () => root.render(createElement(StrictMode, null, provider)));
  const { wallet } = stripe.fake;
  expect(await wallet.press()).toBe("open");
  wallet.cancel();
  expect(await wallet.press()).toBe("open");
  await act(async () => expect(await wallet.approve()).toMatchObject({ ended: "paid" }));
  expect(told).toEqual(["click", "cancel", "click", "$10.00", "success"]);
});

test("the real CheckoutFormProvider shows the Form, and pays inside its event", async () => {
  const stripe = createFakeStripe();
  const told: string[] = [];
  function Form() {
    const found = useCheckoutForm();
    if (found.type !== "success") return null;
    const { checkout } = found;
    return createElement(CheckoutForm, {
      onChange: ({ status }) => void told.push(String(status.shippingAddress?.complete)),
      onConfirm: async (event) => {
        told.push(checkout.total.total.amount);
        const { type } = await checkout.confirm({ formConfirmEvent: event });
        told.push(type);
      },
    });
  }
  const options = { clientSecret };
  const provider = createElement(CheckoutFormProvider, { stripe: stripe as never, options }, createElement(Form));
  await act(async () => root.render(createElement(StrictMode, null, provider)));
  const { form } = stripe.fake;
  const address = { name: "Ada", line1: "1 Main Street", city: "London", postal_code: "N1", country: "GB" };
  await act(async () => form.enter({ email: "ada@example.com", ...address }));
  await act(async () => expect(await form.pay()).toMatchObject({ ended: "paid" }));
  expect(told).toEqual(["true", "$10.00", "success"]);
});

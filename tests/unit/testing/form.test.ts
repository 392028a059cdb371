// @vitest-environment jsdom
import { afterEach, describe, expect, test, vi } from "vitest";
import { createFakeStripe, type FakeStripeOptions } from "../../../js/testing/index.js";
import { clientSecret, nothing } from "./support.js";

const ADDRESS = { name: "Ada", line1: "1 Main Street", city: "London", postal_code: "N1", country: "GB" };
const COMPLETE = { email: "ada@example.com", ...ADDRESS };

afterEach(() => document.body.replaceChildren());

async function open(options: FakeStripeOptions = {}) {
  const stripe = createFakeStripe({ session: { email: null }, ...options });
  const sdk = stripe.initCheckoutFormSdk({ clientSecret });
  const loaded = await sdk.loadActions();
  if (loaded.type === "error") throw new Error(loaded.error.message);
  const form = sdk.createForm();
  expect(loaded.actions.getSession().total.total.amount).toBe("$10.00");
  return { sdk, form, fake: stripe.fake, actions: loaded.actions };
}

test("the SDK has a form, and no actions for what is entered into it", async () => {
  const { sdk, form, actions } = await open();
  expect(Object.keys(sdk).sort()).toEqual([
    ...["changeAppearance", "createCurrencySelectorElement", "createForm", "getCurrencySelectorElement", "getForm"],
    ...["loadActions", "loadFonts", "on"],
  ]);
  expect(Object.keys(actions).sort()).toEqual([
    ...["addOptionalLineItem", "applyPromotionCode", "confirm", "getSession", "removeOptionalLineItem"],
    ...["removePromotionCode", "runServerUpdate", "updateLineItemQuantity", "updateShippingOption", "validateElements"],
  ]);
  expect(sdk.getForm()).toBe(form);
  form.destroy();
  expect(sdk.getForm()).toBeNull();
});

test.each([
  [8, false],
  [9, true],
  [10, true],
] as const)("stripe-js %i has it: %j", (version, has) => {
  expect("initCheckoutFormSdk" in createFakeStripe({ version })).toBe(has);
});

describe("what the customer enters", () => {
  test("has no complete address with half a country, as Stripe's Form has none to type", async () => {
    const { form, fake } = await open();
    const change = vi.fn();
    form.on("change", change);
    for (const country of ["G", "GB", "GBR"]) fake.form.enter({ ...ADDRESS, country });
    expect(change.mock.calls.map(([event]) => event.status.shippingAddress.complete)).toEqual([false, true, false]);
  });

  test("is told with the state of each section, and complete once", async () => {
    const { form, fake } = await open();
    const change = vi.fn();
    form.on("change", change);
    const completed = () => change.mock.calls.map(([event]) => event.status.shippingAddress.complete);
    for (const [field, text] of Object.entries(ADDRESS)) fake.form.enter({ [field]: text });
    expect(completed()).toEqual([false, false, false, false, true]);
    const { country, name, ...address } = ADDRESS;
    expect(change.mock.lastCall?.[0]).toEqual({
      elementType: "checkoutForm",
      complete: false,
      empty: false,
      value: {
        customerDetails: { email: "" },
        shippingAddress: { name, address: { ...address, country, line2: null, state: null } },
        payment: { collapsed: false, type: "card" },
      },
      status: {
        customerDetails: { complete: false, empty: true },
        shippingAddress: { complete: true, empty: false },
        payment: { complete: true, empty: false },
      },
    });
    fake.form.enter({ email: "ada@example.com" });
    const { elementType, ...value } = change.mock.lastCall?.[0] ?? {};
    expect([elementType, value.complete]).toEqual(["checkoutForm", true]);
    expect(await form.getValue()).toEqual(value);
    fake.form.enter({ city: "" });
    expect(completed().at(-1)).toBe(false);
  });

  test("goes into the session once it is complete, and to the server once per address", async () => {
    const onChange = vi.fn();
    const { fake, actions } = await open({ onChange });
    fake.form.enter({ name: "Ada", line1: "1 Main Street" });
    fake.form.enter(COMPLETE);
    fake.form.enter(COMPLETE);
    await vi.waitFor(() => expect(actions.getSession().shippingAddress).not.toBeNull());
    expect(actions.getSession()).toMatchObject({
      email: "ada@example.com",
      canConfirm: true,
      shippingAddress: { name: "Ada", address: { city: "London", country: "GB" } },
    });
    expect(onChange.mock.calls.map(([change]) => Object.keys(change))).toEqual([
      ["updateEmail"],
      ["updateShippingAddress"],
    ]);
    fake.form.enter({ city: "Leeds" });
    await vi.waitFor(() => expect(actions.getSession().shippingAddress).toMatchObject({ address: { city: "Leeds" } }));
    expect(onChange).toHaveBeenCalledTimes(3);
  });

  test("can make the page update the session, as Stripe's guide does", async () => {
    const { form, fake, actions } = await open();
    form.on("change", ({ status }) => {
      if (!status.shippingAddress.complete) return;
      void actions.runServerUpdate(async () => fake.server({ lineItems: [{ unitAmount: 1500 }] }));
    });
    fake.form.enter(COMPLETE);
    await fake.idle();
    expect(actions.getSession()).toMatchObject({ email: "ada@example.com", total: { total: { amount: "$15.00" } } });
  });
});

describe("the Form's Pay button", () => {
  test("emits an event, inside which the page confirms", async () => {
    const { form, fake, actions } = await open();
    const confirm = vi.fn(async (event) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await actions.confirm({ formConfirmEvent: event })).toMatchObject({ type: "success" });
    });
    form.on("confirm", confirm);
    fake.form.enter(COMPLETE);
    expect(await fake.form.pay()).toEqual({ ended: "paid", failure: null });
    expect(confirm).toHaveBeenCalledExactlyOnceWith({ source: "checkout-form-pay-button", paymentMethodType: "card" });
    expect(fake.payments).toEqual([{ shown: 1000, paid: 1000, ended: "success" }]);
  });

  test("emits nothing while something is missing", async () => {
    const { form, fake } = await open();
    const confirm = vi.fn();
    form.on("confirm", confirm);
    await expect(fake.form.pay()).rejects.toThrow("not complete");
    expect(confirm).not.toHaveBeenCalled();
  });

  test("is what a payment needs: outside its event Stripe.js refuses", async () => {
    const { form, fake, actions } = await open();
    const refused = { name: "IntegrationError", message: expect.stringContaining("emitted from the Checkout form") };
    let event: object | undefined;
    form.on("confirm", (given) => void (event = given));
    fake.form.enter(COMPLETE);
    await expect(actions.confirm()).rejects.toMatchObject(refused);
    expect(await fake.form.pay()).toEqual({ ended: "failed", failure: null });
    await expect(actions.confirm({ formConfirmEvent: event })).rejects.toMatchObject(refused);
    form.on("confirm", () => actions.confirm());
    expect(await fake.form.pay()).toMatchObject({ ended: "paid" });
  });
});

test("a wallet inside the Form confirms as the Form does, and can be told that it failed", async () => {
  const { form, fake, actions } = await open({ declineWith: "Declined." });
  const [cancelled, clicked] = [vi.fn(), vi.fn()];
  // Stripe's Form has no such event.
  form.on("click", clicked);
  form.on("cancel", cancelled);
  form.on("confirm", async (event) => {
    expect(event).toMatchObject({ source: "checkout-form-ece", expressPaymentType: "link" });
    const result = await actions.confirm({ formConfirmEvent: event });
    if (result.type === "error") event.paymentFailed({ message: result.error.message });
  });
  expect(await fake.wallet.press()).toBe("open");
  expect(clicked).not.toHaveBeenCalled();
  expect(await fake.wallet.approve()).toEqual({ ended: "failed", failure: { message: "Declined." } });
  fake.wallet.cancel();
  expect(cancelled).toHaveBeenCalledExactlyOnceWith({ elementType: "checkoutForm" });
  fake.set({ declineWith: null });
  await fake.wallet.press();
  expect(await fake.wallet.approve()).toMatchObject({ ended: "paid" });
});

test("a customer can fill it in on the page", async () => {
  const { form, fake, actions } = await open();
  form.on("confirm", async (event) => void (await actions.confirm({ formConfirmEvent: event })));
  form.mount(document.body.appendChild(document.createElement("div")));
  const button = (name: string) => [...document.querySelectorAll("button")].find((one) => one.textContent === name);
  const problem = () => document.querySelector("[role=alert]")?.textContent;
  button("Pay")?.click();
  await vi.waitFor(() => expect(problem()).toBe("The form is not complete."));
  for (const label of document.querySelectorAll("label")) {
    const input = label.querySelector("input") as HTMLInputElement;
    expect(label.textContent).toBeTruthy();
    input.value = { ...COMPLETE, line2: "", state: "" }[input.name] ?? "";
    input.dispatchEvent(new Event("input"));
  }
  expect(problem()).toBe("");
  const city = () => document.querySelector<HTMLInputElement>("input[name=city]")?.value;
  fake.form.enter({ city: "Leeds" });
  expect(city()).toBe("Leeds");
  form.mount(document.body.appendChild(document.createElement("div")));
  expect(city()).toBe("Leeds");
  await fake.idle();
  await vi.waitFor(() => expect(actions.getSession().shippingAddress).not.toBeNull());
  expect(button("Pay with Link")).toBeDefined();
  button("Pay")?.click();
  await vi.waitFor(() => expect(actions.getSession().status.type).toBe("complete"));
  expect(document.querySelector("[style]")).toBeNull();
});

test("updates run beside it as they do with Elements", async () => {
  const { actions, fake } = await open();
  fake.server({ lineItems: [{ unitAmount: 2500 }] });
  expect(await actions.runServerUpdate(nothing)).toMatchObject({ session: { total: { total: { amount: "$25.00" } } } });
});

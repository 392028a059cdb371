// @vitest-environment jsdom
import { CheckoutElementsProvider } from "@stripe/react-stripe-js/checkout";
import { act, createElement, StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ChangeSubscriptionInterval } from "../../../examples/react/toggle.js";
import { updates } from "../../../examples/react/updates.js";
import {
  createFakeServer,
  createFakeStripe,
  respond,
  type FakeServer,
  type SessionInit,
} from "../../../js/testing/index.js";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
const clientSecret = "cs_test_1_secret_2";
const ENDPOINT = "/change-subscription-interval";
const none = { minorUnitsAmount: 0, amount: "$0.00" };
const next = { subtotal: none, discount: none, taxInclusive: none, taxExclusive: none, billingCycleAnchor: null };

const plan = (interval: "month" | "year", unitAmount: number): SessionInit => ({
  recurring: { interval, intervalCount: 1, isProrated: false, trial: null, dueNext: { ...next, total: none } },
  lineItems: [{ id: "li_1", name: "Plan", unitAmount }],
});

let root: Root;
let server: FakeServer;
let complaint: ReturnType<typeof vi.spyOn>;
const button = () => document.querySelector<HTMLButtonElement>("[role=switch]");
const problem = () => document.querySelector("[role=alert]")?.textContent;

/** The page, and the shop's server that changes what Stripe has. */
async function open(answer?: () => unknown) {
  const stripe = createFakeStripe({ session: plan("month", 1000) });
  server = createFakeServer({
    [ENDPOINT]: async ({ interval }: { interval: string }) => {
      const refusal = await answer?.();
      if (refusal) return refusal as object;
      stripe.fake.server(interval === "yearly" ? plan("year", 10000) : plan("month", 1000));
      return { type: "success" };
    },
  });
  const page = createElement(
    CheckoutElementsProvider,
    { stripe: stripe as never, options: { clientSecret } },
    createElement(ChangeSubscriptionInterval),
  );
  await act(async () => root.render(createElement(StrictMode, null, page)));
  await act(async () => vi.waitFor(() => expect(button()).not.toBeNull()));
  return stripe;
}

/** Clicks and lets everything that follows come to its end. */
async function click(): Promise<void> {
  await act(async () => {
    button()!.click();
    await updates.settled();
  });
}

beforeEach(() => {
  complaint = vi.spyOn(console, "error").mockImplementation(() => {});
  root = createRoot(document.body.appendChild(document.createElement("main")));
});
afterEach(async () => {
  await act(async () => root.unmount());
  server.close();
  updates.dispose();
  document.body.replaceChildren();
  expect(complaint).not.toHaveBeenCalled();
  complaint.mockRestore();
});

test("changes the plan there and back, by the session's own word", async () => {
  await open();
  expect(button()!.getAttribute("aria-checked")).toBe("false");
  await click();
  expect(button()!.getAttribute("aria-checked")).toBe("true");
  expect(button()!.textContent).toBe("Yearly subscription");
  await click();
  expect(button()!.getAttribute("aria-checked")).toBe("false");
  const bodies = server.requests.map(({ text }) => JSON.parse(text));
  expect(bodies).toEqual([
    { checkout_session_id: "cs_test_1", interval: "yearly" },
    { checkout_session_id: "cs_test_1", interval: "monthly" },
  ]);
});

test("shows at once what the customer asked for, and a second click is their last word", async () => {
  const answers: (() => void)[] = [];
  const stripe = await open(() => new Promise<void>((resolve) => answers.push(resolve)));
  const shown = () => ["aria-checked", "aria-busy"].map((name) => button()!.getAttribute(name));
  await act(async () => button()!.click());
  expect(shown()).toEqual(["true", "true"]);
  await act(async () => button()!.click());
  expect(shown()).toEqual(["false", "true"]);
  for (const count of [1, 2]) {
    await act(async () => vi.waitFor(() => expect(answers).toHaveLength(count)));
    await act(async () => answers[count - 1]!());
  }
  await act(async () => void (await updates.settled()));
  expect(server.requests.map(({ text }) => JSON.parse(text).interval)).toEqual(["yearly", "monthly"]);
  expect(stripe.fake.session().recurring?.interval).toBe("month");
  expect(shown()).toEqual(["false", "false"]);
});

test("a refusal leaves it where it was and says the server's words, until the next try", async () => {
  let refuses = true;
  await open(() => refuses && respond(400, { type: "error", message: "This plan is sold out." }));
  await click();
  expect(button()!.getAttribute("aria-checked")).toBe("false");
  expect(problem()).toBe("This plan is sold out.");
  refuses = false;
  await click();
  expect(button()!.getAttribute("aria-checked")).toBe("true");
  expect(problem()).toBe("");
});

test("unmounting in between ends nothing: the customer did click", async () => {
  const stripe = await open();
  await act(async () => button()!.click());
  await act(async () => root.unmount());
  await updates.settled();
  expect(server.requests).toHaveLength(1);
  expect(stripe.fake.session().recurring?.interval).toBe("year");
  root = createRoot(document.querySelector("main")!);
});

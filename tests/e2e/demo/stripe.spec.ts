import { startGate } from "../support/gate.ts";
import { startServer } from "../support/server.ts";
import { expect, expectComplaint, test } from "./fixtures.ts";

/**
 * What stands at js.stripe.com in this test: the shape of Stripe.js, with the session read by the test from the API
 * that the server takes for Stripe's.
 */
const STRIPE_JS = `
  window.Stripe = (key) => ({
    initCheckoutElementsSdk(options) {
      window.stripeWasGiven = { key, secret: options.clientSecret };
      const handlers = [];
      return {
        on: (event, handler) => handlers.push(handler),
        createPaymentElement: () => ({ mount: () => {} }),
        createExpressCheckoutElement: () => ({ mount: () => {}, on: () => {} }),
        async loadActions() {
          const { createFakeStripe } = await import(new URL("/dist/testing.js", location.href).href);
          const refresh = () => window.readSession(options.clientSecret.split("_secret_")[0]);
          const sdk = createFakeStripe({ session: await refresh(), refresh }).initCheckoutElementsSdk(options);
          for (const handler of handlers) sdk.on("change", handler);
          return sdk.loadActions();
        },
      };
    },
  });
`;

test("with a key, Stripe.js comes from Stripe and the update goes the same way", async ({
  checkout,
  complaints,
  page,
  server,
}) => {
  const shop = await startServer({ stock: 1, stripe: server.sandbox });
  const gate = await startGate(shop.port);
  try {
    const asked: string[] = [];
    await page.route("https://js.stripe.com/**", async (route) => {
      asked.push(route.request().url());
      await route.fulfill({ contentType: "text/javascript", body: STRIPE_JS });
    });
    await page.exposeFunction("readSession", async (id: string) => {
      const headers = { authorization: "Bearer sk_test_e2e" };
      return (await fetch(`${server.sandbox}/sandbox/sessions/${id}/browser`, { headers })).json();
    });

    await page.goto(gate.url);
    await expect(checkout.summary).toHaveAttribute("aria-busy", "false");
    await expect(page.getByText("Runs in Stripe's test mode: no card is charged.")).toBeVisible();
    await checkout.plan.click();
    await expect(checkout.plan).toHaveAttribute("aria-checked", "true");

    const given = await page.evaluate(() => (window as unknown as { stripeWasGiven: Given }).stripeWasGiven);
    expect(given.key).toBe("pk_test_e2e");
    expect(await shop.interval(given.secret.split("_secret_")[0] ?? "")).toBe("year");
    expect(asked).toEqual(["https://js.stripe.com/endive/stripe.js"]);
    expect(gate.recorded("/session")).toEqual([]);
    await expectComplaint(complaints, /left this machine: https:\/\/js\.stripe\.com\//);
  } finally {
    await gate.close();
    await shop.stop();
  }
});

interface Given {
  key: string;
  secret: string;
}

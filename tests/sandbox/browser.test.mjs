// The sandbox's browser-side view of a session is a StripeCheckoutSession of @stripe/stripe-js, by its own types.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { startSandbox } from "./lib/sandbox.mjs";

const root = join(import.meta.dirname, "..", "..");
const headers = { authorization: "Bearer sk_test_browser" };
const common = { ui_mode: "elements", return_url: "https://shop.example/return" };
const address = "collected_information[shipping_details][address]";

const sessions = {
  plain: { mode: "payment", "line_items[0][price]": "price_mug", "line_items[0][quantity]": "2" },
  everything: {
    mode: "subscription",
    customer_email: "ada@shop.example",
    "line_items[0][price]": "price_monthly",
    "line_items[0][quantity]": "1",
    "line_items[0][tax_rates][]": "txr_sales",
    "line_items[1][price_data][currency]": "usd",
    "line_items[1][price_data][product_data][name]": "Grain",
    "line_items[1][price_data][product_data][images][]": "https://shop.example/grain.png",
    "line_items[1][price_data][unit_amount_decimal]": "0.25",
    "line_items[1][quantity]": "10",
    "line_items[1][adjustable_quantity][enabled]": "true",
    "discounts[0][coupon]": "TENTH",
    "shipping_address_collection[allowed_countries][]": "US",
  },
  // A form, with a trial and a code that the customer entered.
  form: {
    ui_mode: "form",
    mode: "subscription",
    allow_promotion_codes: "true",
    "line_items[0][price]": "price_monthly",
    "line_items[0][quantity]": "1",
    "line_items[1][price]": "price_mug",
    "line_items[1][quantity]": "1",
    "subscription_data[trial_period_days]": "7",
  },
  taxed: {
    mode: "payment",
    "line_items[0][price]": "price_mug_eur",
    "line_items[0][quantity]": "1",
    "automatic_tax[enabled]": "true",
    "shipping_options[0][shipping_rate]": "shr_standard",
  },
};

let sandbox;
before(async () => (sandbox = await startSandbox()));
after(() => sandbox.stop());

const call = async (path, params) => {
  const init = params ? { method: "POST", body: new URLSearchParams(params), headers } : { headers };
  const response = await fetch(sandbox.url + path, init);
  const body = await response.json();
  assert.equal(response.status, 200, JSON.stringify(body));
  return body;
};

async function views() {
  const found = {};
  for (const [name, params] of Object.entries(sessions)) {
    const { id } = await call("/v1/checkout/sessions", { ...common, ...params });
    found[name] = await call(`/sandbox/sessions/${id}/browser`);
    const details = { [`${address}[country]`]: "US", [`${address}[line1]`]: "1 Way" };
    const shipped = { ...details, "collected_information[shipping_details][name]": "Ada" };
    if (name === "form") await call(`/sandbox/sessions/${id}/customer`, { promotion_code: "tenth" });
    else await call(`/v1/checkout/sessions/${id}`, shipped);
    found[`${name}Shipped`] = await call(`/sandbox/sessions/${id}/browser`);
    if (name === "taxed") await call(`/v1/checkout/sessions/${id}/expire`, {});
    else await call(`/sandbox/sessions/${id}/complete`, {});
    found[`${name}Ended`] = await call(`/sandbox/sessions/${id}/browser`);
  }
  return found;
}

test("the view has the type that Stripe.js gives it", async () => {
  const found = await views();
  const folder = join(root, "target", "browser-view");
  mkdirSync(folder, { recursive: true });
  const declared = Object.entries(found).map(
    ([name, view]) => `export const ${name}: StripeCheckoutSession = ${JSON.stringify(view)};`,
  );
  const text = ['import type { StripeCheckoutSession } from "@stripe/stripe-js";', ...declared, ""].join("\n");
  writeFileSync(join(folder, "views.ts"), text);
  const options = { strict: true, noEmit: true, skipLibCheck: true, module: "ESNext", moduleResolution: "bundler" };
  const config = { compilerOptions: { ...options, target: "ES2022", types: [] }, files: ["views.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules", ".bin", "tsc");
  const { stdout } = await promisify(execFile)(tsc, ["-p", folder]).catch((error) => error);
  assert.equal(stdout, "");
});

test("amounts are ready to be shown, and whole", async () => {
  const { everything, everythingShipped, formShipped, taxedShipped, taxedEnded, plainEnded } = await views();
  assert.equal(everything.canConfirm, false);
  assert.equal(everythingShipped.canConfirm, true);
  assert.equal(formShipped.discountAmounts[0].promotionCode, "TENTH");
  assert.deepEqual(formShipped.total.total, { minorUnitsAmount: 1350, amount: "$13.50" });
  assert.equal(formShipped.recurring.trial.trialPeriodDays, 7);
  assert.deepEqual(everything.total.total, { minorUnitsAmount: 900 + 74 + 3, amount: "$9.77" });
  assert.deepEqual(everything.total.discount, { minorUnitsAmount: 100, amount: "$1.00" });
  assert.deepEqual(everything.lineItems[1].unitAmountDecimal, { minorUnitsAmount: 0.25, amount: "$0.00" });
  assert.deepEqual(everything.recurring.dueNext.total, { minorUnitsAmount: 974, amount: "$9.74" });
  assert.equal(everything.shipping, null);
  assert.equal(taxedShipped.shipping.shippingOption.id, "shr_standard");
  assert.deepEqual(taxedShipped.total.taxInclusive, { minorUnitsAmount: 92, amount: "€0.92" });
  assert.deepEqual(taxedEnded.status, { type: "expired" });
  assert.deepEqual(plainEnded.status, { type: "complete", paymentStatus: "paid" });
});

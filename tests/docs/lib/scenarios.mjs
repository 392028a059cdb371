// What is done with each page of the guides, by the name behind `page=`, and what has to come of it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./blocks.mjs";

const last = (shop) => JSON.parse(shop.requests.at(-1).text);
const YEARLY = { checkout_session_id: "cs_test_docs", interval: "yearly" };
const isYearly = (shop) => shop.session.recurring.interval === "year";
const noEndpoint = "/change-subscription-interval";
const no = () => ({ type: "error", message: "This plan is not sold yearly." });

const call = (page, name, ...given) =>
  page.evaluate(([name, given]) => window.block[name](window.actions, ...given), [name, given]);

/** Asks the page's own `updates` for a year, and checks what arrived. */
async function update({ page, shop }) {
  const type = await page.evaluate(async () => {
    const { updates } = window.block;
    return (await updates.run(window.actions, "changeInterval", { interval: "yearly" })).type;
  });
  assert.equal(type, "success");
  assert.deepEqual(last(shop), YEARLY);
  assert.match(shop.requests.at(-1).headers["idempotency-key"], /^.{16,}$/);
}

/** The switch of the plan, there and refused on the way back. */
async function click({ page, shop }) {
  const plan = page.getByRole("switch");
  await page.getByText("$10.00").waitFor();
  await plan.click();
  await page.getByText("$100.00").waitFor();
  assert.equal(await plan.getAttribute("aria-checked"), "true");
  assert.equal(await plan.textContent(), "Yearly subscription");
  assert.deepEqual(last(shop), YEARLY);
  shop.answer = no;
  await plan.click();
  await page.getByRole("alert").filter({ hasText: "This plan is not sold yearly." }).waitFor();
  assert.equal(await plan.getAttribute("aria-checked"), "true");
  // Once what the server has is known again.
  await page.locator("button:enabled", { hasText: "Pay" }).waitFor();
}

/** Four quick presses, each drawn before the next. */
async function four(page, shop, more, output) {
  await output.filter({ hasText: "1" }).waitFor();
  for (const quantity of ["2", "3", "4", "5"]) {
    await more.evaluate((button) => button.click());
    await output.filter({ hasText: quantity }).waitFor();
  }
  await page.locator("[aria-busy=false]").waitFor();
  assert.equal(await output.textContent(), "5");
  assert.equal(shop.session.lineItems[0].quantity, 5);
}

const csrf = (header, path = noEndpoint) => ({
  endpoints: { [path]: () => ({ type: "success" }) },
  async act(it) {
    await update(it);
    assert.equal(it.shop.requests.at(-1).headers[header], "a token=");
    assert.equal(it.shop.requests.at(-1).path, path);
  },
});

/** A small page under a policy: it makes one update, and says how that ended. */
const policed = (stripe, check) => ({
  html: `${stripe ? '<script src="https://js.stripe.com/endive/stripe.js"></script>' : ""}
    <p id="said"></p><script type="module" src="/page.js"></script>`,
  files: {
    "/page.js": `
      import { createUpdates, endpoint, oneOf } from "/checkout-updates/index.js";
      ${stripe ? "" : 'import { createFakeStripe } from "/checkout-updates/testing.js";'}
      const stripe = ${stripe ? 'Stripe("pk_test_docs")' : "createFakeStripe({ session: { id: 'cs_test_docs' } })"};
      const sdk = stripe.initCheckoutElementsSdk({ clientSecret: "cs_test_docs_secret_1" });
      const { actions } = await sdk.loadActions();
      const updates = createUpdates({
        endpoints: { changeInterval: endpoint("/change-subscription-interval", { interval: oneOf("yearly") }) },
      });
      const { type, error } = await updates.run(actions, "changeInterval", { interval: "yearly" });
      document.getElementById("said").textContent = error ? error.kind + ": " + error.message : type;
    `,
  },
  async act({ page, shop }) {
    await page.locator("#said:not(:empty)").waitFor();
    check(await page.locator("#said").textContent(), shop);
  },
});

const works = (said, shop) => {
  assert.equal(said, "success");
  assert.deepEqual(last(shop), YEARLY);
};

export const scenarios = {
  // The whole page of the README: a change, a refusal, and a payment of what is shown.
  use: {
    async act({ page, shop }) {
      const yearly = page.getByRole("checkbox");
      await page.getByText("$10.00").waitFor();
      await yearly.check();
      await page.getByText("$100.00").waitFor();
      assert.deepEqual(last(shop), YEARLY);
      shop.answer = no;
      // Not `uncheck`, which fails if the answer has put it back already.
      await yearly.click();
      await page.getByRole("alert").filter({ hasText: "This plan is not sold yearly." }).waitFor();
      assert.equal(await yearly.isChecked(), true);
      await page.locator("button:enabled", { hasText: "Pay" }).click();
      await page.waitForFunction(() => window.fake.payments.length === 1);
      assert.equal(await page.evaluate(() => window.fake.payments[0].paid), 10_000);
    },
  },
  "by-hand": {
    complaints: /status of 500/,
    async act({ page, shop }) {
      // What it hands to Stripe.js keeps its word inside `wrap`.
      const wrapped = () =>
        page.evaluate(async () => {
          const { createUpdates } = await import("/checkout-updates/index.js");
          const updates = createUpdates({ endpoints: {} });
          let update;
          const runServerUpdate = async (given) => ((update = given), { type: "success" });
          await window.block.changeInterval({ getSession: window.actions.getSession, runServerUpdate }, "yearly");
          const { type, error } = await updates.run(window.actions, updates.wrap("changeInterval", update));
          updates.dispose();
          return [type, error?.kind, error?.applied, error?.message].filter(Boolean);
        });
      assert.deepEqual(await wrapped(), ["success"]);
      shop.answer = no;
      assert.deepEqual(await wrapped(), ["error", "refused", "no", "This plan is not sold yearly."]);
      shop.answer = undefined;
      const broken = { status: 500, json: { type: "error", message: "The database is down." } };
      await page.route(`**${noEndpoint}`, (route) => route.fulfill(broken), { times: 1 });
      const [, ...doubt] = await wrapped();
      const text = "Your change may not have been saved. Please check your order total before you pay.";
      assert.deepEqual(doubt, ["server_error", "unknown", text]);

      assert.equal(await call(page, "changeInterval", "yearly"), null);
      assert.deepEqual(last(shop), YEARLY);
      shop.answer = no;
      assert.equal(await call(page, "changeInterval", "monthly"), "This plan is not sold yearly.");
      for (const failures of ["result", "reject"]) {
        await page.evaluate((how) => window.fake.next({ failWith: "No.", failures: how }), failures);
        assert.equal(await call(page, "changeInterval", "monthly"), "This change could not be made.");
      }
    },
  },
  "plain-page": { act: click },
  "plain-global": {
    async act({ page, shop }) {
      await page.evaluate(async () => {
        const sdk = window.Stripe("pk_test_docs").initCheckoutElementsSdk({ clientSecret: "cs_test_docs_secret_1" });
        const { actions } = await sdk.loadActions();
        // A script's own declarations are global to other scripts.
        const { updates } = { updates: window.eval("updates") };
        await updates.run(actions, "changeInterval", { interval: "yearly" });
      });
      assert.equal(isYearly(shop), true);
    },
  },
  switch: {
    body: '<button id="plan" aria-checked="false">Plan</button>',
    async act({ page, shop }) {
      const plan = page.getByRole("switch");
      await plan.press("Space");
      await page.locator("#plan[aria-checked=true]:not([aria-busy=true])").waitFor();
      assert.deepEqual(last(shop), YEARLY);
      shop.answer = no;
      await plan.click();
      await page.getByRole("status").filter({ hasText: "This plan is not sold yearly." }).waitFor();
      assert.equal(await plan.getAttribute("aria-checked"), "true");
      await page.evaluate(() => window.block.bound.unbind());
    },
  },
  stepper: {
    body: '<button id="fewer">−</button><output id="quantity"></output><button id="more">+</button>',
    async act({ page, shop }) {
      await four(page, shop, page.locator("#more"), page.locator("#quantity"));
      shop.answer = no;
      await page.locator("#fewer").click();
      await page.waitForFunction(() => window.shown.length > 0);
      assert.equal(await page.locator("#quantity").textContent(), "5");
    },
  },
  "react-stepper": {
    mount: (file) => `
      import { CheckoutElementsProvider } from "@stripe/react-stripe-js/checkout";
      import { createRoot } from "react-dom/client";
      import { StrictMode } from "react";
      import { Items } from ${JSON.stringify(file)};
      const answer = await fetch("/create-checkout-session", { method: "POST" });
      const { clientSecret } = await answer.json();
      createRoot(document.body.appendChild(document.createElement("div"))).render(
        <StrictMode>
          <CheckoutElementsProvider stripe={Stripe("pk_test_docs")} options={{ clientSecret }}><Items /></CheckoutElementsProvider>
        </StrictMode>,
      );
    `,
    async act({ page, shop }) {
      await four(page, shop, page.getByRole("button", { name: "+" }), page.locator("output"));
      shop.answer = no;
      await page.getByRole("button", { name: "−" }).click();
      await page.getByRole("alert").filter({ hasText: no().message }).waitFor();
      assert.equal(await page.locator("output").textContent(), "5");
    },
  },
  slim: { act: update },
  react: {
    mount: (file) => `
      import { createRoot } from "react-dom/client";
      import { StrictMode } from "react";
      import { Checkout } from ${JSON.stringify(file)};
      const answer = fetch("/create-checkout-session", { method: "POST" });
      const clientSecret = answer.then((response) => response.json()).then((body) => body.clientSecret);
      createRoot(document.body.appendChild(document.createElement("div"))).render(
        <StrictMode><Checkout clientSecret={clientSecret} /></StrictMode>,
      );
    `,
    act: click,
  },
  run: {
    async act({ page, shop }) {
      assert.deepEqual(last(shop), { checkout_session_id: "cs_test_docs", line_item: "li_1", quantity: 2 });
      assert.deepEqual(await page.evaluate(() => [window.shown, window.drawn.length]), [[], 1]);
      assert.equal(
        await page.evaluate(async () => (await window.block.pay(), window.fake.session().status.type)),
        "complete",
      );
    },
  },
  open: {
    async act({ page, shop }) {
      const type = await page.evaluate(async () => {
        const { actions, updates } = await window.block.openCheckout();
        return (await updates.run(actions, "changeInterval", { interval: "yearly" })).type;
      });
      assert.deepEqual([type, isYearly(shop)], ["success", true]);
    },
  },
  before: {
    async act({ page, shop }) {
      // The very mistake: the plan has changed, and the page thinks that it has not.
      assert.equal(await call(page, "before", "yearly"), false);
      assert.equal(isYearly(shop), true);
    },
  },
  wrap: {
    async act({ page, shop }) {
      assert.equal(await call(page, "changeInterval", "yearly"), true);
      assert.deepEqual(last(shop), YEARLY);
      await page.route("**/change-subscription-interval", (route) => route.fulfill({ status: 400, json: no() }));
      assert.equal(await call(page, "changeInterval", "monthly"), false);
    },
    complaints: /status of 400/,
  },
  "wrap-throws": {
    async act({ page, shop }) {
      assert.equal(await call(page, "changeInterval", "yearly"), true);
      assert.deepEqual(last(shop), YEARLY);
      shop.answer = no;
      assert.equal(await call(page, "changeInterval", "monthly"), false);
    },
  },
  importmap: {
    files: { "/checkout-updates/index-4f2a9c01.js": readFileSync(join(root, "dist", "index.js")) },
    async act({ page, shop }) {
      await page.waitForFunction(() => window.updates);
      const type = await page.evaluate(async () => {
        const sdk = window.Stripe("pk_test_docs").initCheckoutElementsSdk({ clientSecret: "cs_test_docs_secret_1" });
        const { actions } = await sdk.loadActions();
        return (await window.updates.run(actions, "changeInterval", { interval: "yearly" })).type;
      });
      assert.deepEqual([type, isYearly(shop)], ["success", true]);
    },
  },
  "two-checkouts": {
    async act({ page, shop }) {
      const told = await page.evaluate(async () => {
        const [one, two] = await Promise.all(
          ["cs_test_docs_secret_1", "cs_test_docs_secret_1"].map((secret) => window.block.openCheckout(secret)),
        );
        const running = one.updates.run(one.actions, "changeInterval", { interval: "yearly" });
        const pending = [one.updates.isPending(), two.updates.isPending()];
        return [...pending, (await running).type];
      });
      assert.deepEqual([...told, isYearly(shop)], [true, false, "success", true]);
    },
  },
  changes: {
    async act({ page, shop }) {
      const told = await page.evaluate(async () => {
        const { setQuantity, rowOf, onChange } = window.block;
        const rows = [];
        const end = onChange(() => rows.push(JSON.stringify(rowOf("li_1"))));
        await Promise.all([2, 3, 4].map((quantity) => setQuantity("li_1", quantity)));
        end();
        return rows;
      });
      assert.deepEqual(JSON.parse(told.at(-1)), { quantity: 4, busy: false });
      for (const quantity of [2, 3, 4]) assert.ok(told.includes(JSON.stringify({ quantity, busy: true })));
      assert.equal(shop.session.lineItems[0].quantity, 4);
    },
  },
  declared: {
    async act({ page, shop }) {
      assert.equal(await call(page, "changeInterval", "yearly"), true);
      shop.answer = no;
      assert.equal(await call(page, "changeInterval", "monthly"), false);
    },
  },
  metrics: {
    endpoints: { "/metrics/client-failures": () => ({}) },
    async act(it) {
      await update(it);
      // A page that goes away is hidden first.
      const [{ headers, text }] = await Promise.all([
        it.shop.received("/metrics/client-failures"),
        it.page.goto("about:blank"),
      ]);
      assert.match(headers["content-type"], /^text\/plain/);
      const { endpoints } = JSON.parse(text);
      assert.deepEqual([endpoints.changeInterval.updates, endpoints.changeInterval.failures], [1, {}]);
    },
  },
  "csrf-rails": { ...csrf("x-csrf-token"), head: '<meta name="csrf-token" content="a token=" />' },
  "csrf-django": { ...csrf("x-csrftoken", `${noEndpoint}/`), cookies: { other: "1", csrftoken: "a token=" } },
  "csrf-laravel": { ...csrf("x-xsrf-token"), cookies: { other: "1", "XSRF-TOKEN": "a%20token%3D" } },
  "csrf-authorization": {
    async act({ page, shop }) {
      await page.evaluate(() => (window.accessToken = async () => "abc.def"));
      await update({ page, shop });
      assert.equal(shop.requests.at(-1).headers["authorization"], "Bearer abc.def");
    },
  },
  "csp-connect": policed(false, works),
  "csp-sandbox": policed(false, works),
  "csp-stripe": policed(true, works),
  "csp-without": {
    ...policed(false, works),
    complaints: /wasm|WebAssembly/i,
  },
};

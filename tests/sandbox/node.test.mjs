// Stripe's Node client runs the whole life of a session against the sandbox.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import Stripe from "stripe";
import { startSandbox } from "./lib/sandbox.mjs";
import { problems } from "./lib/schema.mjs";

const WEBHOOK_SECRET = "whsec_test";

const events = [];
const hook = createServer(async (incoming, outgoing) => {
  let text = "";
  for await (const chunk of incoming) text += chunk;
  events.push({ text, signature: incoming.headers["stripe-signature"] });
  hook.emit("event");
  outgoing.end();
});

let sandbox;
let stripe;
const client = (key, options = {}) => {
  const { host, port } = sandbox;
  return new Stripe(key, { host, port, protocol: "http", maxNetworkRetries: 0, telemetry: false, ...options });
};

before(async () => {
  hook.listen(0, "127.0.0.1");
  await once(hook, "listening");
  const url = `http://127.0.0.1:${hook.address().port}/webhook`;
  sandbox = await startSandbox("--misbehave", `--webhook-url=${url}`, `--webhook-secret=${WEBHOOK_SECRET}`);
  stripe = client("sk_test_node");
});

after(async () => {
  await sandbox.stop();
  hook.close();
});

const create = (more = {}, options) =>
  stripe.checkout.sessions.create(
    {
      ui_mode: "elements",
      mode: "payment",
      return_url: "https://shop.example/return?id={CHECKOUT_SESSION_ID}",
      line_items: [{ price: "price_mug", quantity: 1 }],
      ...more,
    },
    options,
  );

const items = async (id) => (await stripe.checkout.sessions.listLineItems(id, { limit: 100 })).data;

/** The error that a call rejects with, of the class and with the fields named. */
async function fails(promise, Class, fields) {
  const error = await promise.then(
    () => assert.fail("it succeeded"),
    (reason) => reason,
  );
  assert.ok(error instanceof Class, `${error?.constructor?.name}: ${error?.message}`);
  for (const [name, value] of Object.entries(fields)) assert.equal(error[name], value, name);
  return error;
}

test("a session is created with all that a demo needs, and retrieved", async () => {
  const made = await create({
    automatic_tax: { enabled: false },
    client_reference_id: "cart_1",
    customer_email: "ada@shop.example",
    discounts: [{ coupon: "TENTH" }],
    expires_at: Math.floor(Date.now() / 1000) + 3600,
    metadata: { visitor: "v_1" },
    permissions: { update_shipping_details: "server_only" },
    shipping_address_collection: { allowed_countries: ["US", "DE"] },
    shipping_options: [{ shipping_rate: "shr_standard" }, { shipping_rate: "shr_express" }],
    expand: ["line_items", "shipping_cost.shipping_rate", "discounts.coupon", "total_details.breakdown"],
  });
  assert.match(made.id, /^cs_test_\w{58}$/);
  assert.match(made.client_secret, new RegExp(`^${made.id}_secret_`));
  assert.match(made.lastResponse.requestId, /^req_/);
  assert.equal(made.lastResponse.apiVersion, Stripe.API_VERSION);
  assert.equal(made.amount_total, 1350 + 500);
  assert.equal(made.line_items.data[0].price.id, "price_mug");
  assert.equal(made.shipping_cost.shipping_rate.display_name, "Standard");
  assert.equal(made.discounts[0].coupon.percent_off, 10);
  assert.equal(made.total_details.breakdown.discounts[0].amount, 150);
  const { line_items, ...plain } = await stripe.checkout.sessions.retrieve(made.id);
  assert.equal(line_items, undefined);
  assert.equal(plain.metadata.visitor, "v_1");
  assert.equal(plain.status, "open");
});

test("a plan is changed, and everything else is kept", async () => {
  const line_items = [
    { price: "price_monthly", quantity: 1 },
    { price: "price_mug", quantity: 2 },
  ];
  const { id } = await create({ mode: "subscription", line_items });
  const [plan, mug] = await items(id);
  const updated = await stripe.checkout.sessions.update(id, {
    line_items: [{ id: plan.id, price: "price_yearly" }, { id: mug.id }],
  });
  assert.equal(updated.amount_total, 10000 + 3000);
  const [after_plan, after_mug] = await items(id);
  assert.deepEqual([after_plan.id, after_plan.price.id], [plan.id, "price_yearly"]);
  assert.deepEqual(after_mug, mug);
});

test("items are added by price and by price_data, changed, reordered and removed", async () => {
  const { id } = await create();
  const [mug] = await items(id);
  const price_data = {
    currency: "usd",
    product_data: {
      name: "Gift wrap",
      description: "In paper",
      images: ["https://shop.example/wrap.png"],
      metadata: { kind: "add-on" },
      tax_code: "txcd_10000000",
      unit_label: "sheet",
    },
    tax_behavior: "exclusive",
    unit_amount_decimal: Stripe.Decimal.from("33.333333333333"),
  };
  await stripe.checkout.sessions.update(id, {
    line_items: [
      { price_data, quantity: 3, tax_rates: ["txr_sales"], metadata: { gift: "yes", note: "x" } },
      {
        id: mug.id,
        quantity: 4,
        adjustable_quantity: { enabled: true, minimum: 1, maximum: 9 },
        metadata: { colour: "blue" },
      },
      { price: "price_sticker", quantity: 1 },
    ],
  });
  const [wrap, mugs, sticker] = await items(id);
  assert.equal(wrap.amount_subtotal, 100);
  assert.equal(wrap.amount_tax, 8);
  assert.equal(String(wrap.price.unit_amount_decimal), "33.333333333333");
  assert.equal(wrap.price.unit_amount, null);
  assert.deepEqual([mugs.id, mugs.quantity], [mug.id, 4]);
  assert.deepEqual({ ...mugs.adjustable_quantity }, { enabled: true, maximum: 9, minimum: 1 });
  const again = await stripe.checkout.sessions.update(id, {
    line_items: [
      { id: sticker.id },
      { id: wrap.id, tax_rates: "", metadata: { gift: "" } },
      { id: mug.id, adjustable_quantity: { enabled: false }, metadata: "" },
    ],
    expand: ["line_items.data.price.product", "line_items.data.taxes"],
  });
  const [first, second, third] = again.line_items.data;
  assert.deepEqual([first.id, second.id, third.id], [sticker.id, wrap.id, mug.id]);
  assert.deepEqual({ ...second.metadata }, { note: "x" });
  assert.equal(second.price.product.unit_label, "sheet");
  assert.deepEqual(second.taxes, []);
  assert.deepEqual({ ...third.metadata }, {});
  assert.equal(third.adjustable_quantity.enabled, false);
  await stripe.checkout.sessions.update(id, { line_items: [{ id: mug.id }] });
  assert.deepEqual(
    (await items(id)).map((item) => item.id),
    [mug.id],
  );
});

test("metadata, shipping and the address are set and cleared", async () => {
  const { id } = await create({ metadata: { a: "1", b: "2" } });
  const updated = await stripe.checkout.sessions.update(id, {
    metadata: { a: "", c: "3" },
    collected_information: {
      shipping_details: {
        name: "Ada Lovelace",
        address: { country: "US", line1: "1 Way", line2: "Flat 2", city: "Salem", postal_code: "97301", state: "OR" },
      },
    },
    shipping_options: [
      { shipping_rate: "shr_express" },
      {
        shipping_rate_data: {
          display_name: "Courier",
          type: "fixed_amount",
          fixed_amount: {
            amount: 2500,
            currency: "usd",
            currency_options: { eur: { amount: 2300, tax_behavior: "inclusive" } },
          },
          delivery_estimate: { minimum: { unit: "hour", value: 2 }, maximum: { unit: "business_day", value: 1 } },
          metadata: { carrier: "bike" },
          tax_behavior: "exclusive",
          tax_code: "txcd_92010001",
        },
      },
    ],
    payment_intent_data: { description: "Mugs", metadata: { order: "1" } },
    expand: ["shipping_options.shipping_rate"],
  });
  assert.deepEqual({ ...updated.metadata }, { b: "2", c: "3" });
  assert.equal(updated.collected_information.shipping_details.address.city, "Salem");
  assert.equal(updated.shipping_options[1].shipping_rate.delivery_estimate.minimum.unit, "hour");
  assert.equal(updated.amount_total, 1500 + 1500);
  const cleared = await stripe.checkout.sessions.update(id, { metadata: "", shipping_options: "" });
  assert.deepEqual({ ...cleared.metadata }, {});
  assert.deepEqual(cleared.shipping_options, []);
  assert.equal(cleared.amount_total, 1500);
});

test("sessions and line items are listed, page by page", async () => {
  const made = [await create(), await create(), await create()].map(({ id }) => id);
  const listed = [];
  for await (const session of stripe.checkout.sessions.list({ limit: 2, status: "open" })) listed.push(session.id);
  assert.deepEqual(listed.slice(0, 3), made.toReversed());
  const line_items = Array.from({ length: 25 }, (_, index) => ({ price: "price_mug", quantity: index + 1 }));
  const { id } = await create({ line_items });
  const quantities = [];
  for await (const item of stripe.checkout.sessions.listLineItems(id, { limit: 10 })) quantities.push(item.quantity);
  assert.deepEqual(
    quantities,
    line_items.map((item) => item.quantity),
  );
  const [newest] = (await stripe.checkout.sessions.list({ limit: 1, expand: ["data.line_items"] })).data;
  assert.deepEqual([newest.line_items.data.length, newest.line_items.has_more], [10, true]);
});

test("a session expires once, and is then closed", async () => {
  const { id } = await create();
  const expired = await stripe.checkout.sessions.expire(id);
  assert.equal(expired.status, "expired");
  assert.equal(expired.client_secret, null);
  const closed = { statusCode: 400, code: "status_transition_invalid" };
  await fails(stripe.checkout.sessions.expire(id), Stripe.errors.StripeInvalidRequestError, closed);
  const update = stripe.checkout.sessions.update(id, { metadata: { a: "1" } });
  await fails(update, Stripe.errors.StripeInvalidRequestError, closed);
});

test("errors are of the classes that Stripe's are", async () => {
  const { id } = await create();
  const sessions = stripe.checkout.sessions;
  const {
    StripeAPIError,
    StripeAuthenticationError,
    StripeConnectionError,
    StripeIdempotencyError,
    StripeInvalidRequestError,
    StripePermissionError,
    StripeRateLimitError,
  } = Stripe.errors;
  const unknown = await fails(sessions.retrieve("cs_test_none"), StripeInvalidRequestError, {
    statusCode: 404,
    code: "resource_missing",
    param: "session",
  });
  assert.match(unknown.requestId, /^req_/);
  assert.match(unknown.doc_url, /resource-missing$/);
  await fails(sessions.update(id, { discounts: [{ coupon: "TENTH" }] }), StripeInvalidRequestError, {
    statusCode: 400,
    code: "parameter_unknown",
    param: "discounts",
  });
  await fails(sessions.update(id, { line_items: [{ quantity: 1 }] }), StripeInvalidRequestError, {
    code: "parameter_missing",
    param: "line_items[0][price]",
  });
  await fails(client("pk_test_1").checkout.sessions.retrieve(id), StripePermissionError, {
    statusCode: 403,
    code: "secret_key_required",
  });
  await fails(client("sk_live_1").checkout.sessions.retrieve(id), StripeAuthenticationError, { statusCode: 401 });
  const idempotencyKey = `key_${id}`;
  await sessions.update(id, { metadata: { a: "1" } }, { idempotencyKey });
  await fails(sessions.update(id, { metadata: { a: "2" } }, { idempotencyKey }), StripeIdempotencyError, {
    statusCode: 400,
  });
  const misbehave = (what) => ({ headers: { "Sandbox-Misbehave": what } });
  await fails(sessions.update(id, {}, misbehave("429")), StripeRateLimitError, { statusCode: 429 });
  await fails(sessions.update(id, {}, misbehave("500")), StripeAPIError, { statusCode: 500 });
  // The client repeats a request whose connection was closed, once, whatever it was told about retries.
  const repeated = await sessions.update(id, {}, misbehave("drop"));
  assert.equal(repeated.lastResponse.headers["idempotent-replayed"], "true");
  const lost = misbehave("drop");
  await fails(sessions.retrieve(id, {}, lost), StripeConnectionError, {});
});

test("the same key replays; a client that retries applies a dropped update once", async () => {
  const first = await create({}, { idempotencyKey: "create_once" });
  const second = await create({}, { idempotencyKey: "create_once" });
  assert.deepEqual({ ...second, lastResponse: null }, { ...first, lastResponse: null });
  assert.equal(second.lastResponse.headers["idempotent-replayed"], "true");
  assert.equal(second.lastResponse.headers["original-request"], first.lastResponse.requestId);
  const [mug] = await items(first.id);
  const patient = client("sk_test_node", { maxNetworkRetries: 2 });
  const dropped = sandbox.seen.dropped;
  const line_items = [{ id: mug.id }, { price: "price_sticker", quantity: 1 }];
  const plan = new URLSearchParams({ action: "drop", times: "1" });
  const headers = { authorization: "Bearer sk_test_node" };
  await fetch(`${sandbox.url}/sandbox/misbehave`, { method: "POST", body: plan, headers });
  const updated = await patient.checkout.sessions.update(first.id, { line_items });
  assert.equal(sandbox.seen.dropped, dropped + 1);
  assert.equal(updated.lastResponse.headers["idempotent-replayed"], "true");
  assert.equal((await items(first.id)).length, 2);
});

test("a session that was paid is marked as fulfilled, and nothing else of it changes", async () => {
  const { id } = await create();
  await fetch(`${sandbox.url}/sandbox/sessions/${id}/complete`, {
    method: "POST",
    headers: { authorization: "Bearer sk_test_node" },
  });
  const marked = await stripe.checkout.sessions.update(id, { metadata: { fulfilled: "yes" } });
  assert.deepEqual([marked.status, marked.metadata.fulfilled], ["complete", "yes"]);
  const more = stripe.checkout.sessions.update(id, { metadata: { fulfilled: "no" }, shipping_options: "" });
  await fails(more, Stripe.errors.StripeInvalidRequestError, { code: "status_transition_invalid" });
});

test("an address comes as the client sends it, null and all", async () => {
  const { id } = await create();
  const address = { country: "US", line1: "1 Way", line2: null };
  const shipping_details = { name: "Ada", address };
  const updated = await stripe.checkout.sessions.update(id, { collected_information: { shipping_details } });
  assert.equal(updated.collected_information.shipping_details.address.line2, null);
});

test("a connected account has sessions of its own", async () => {
  const stripeAccount = "acct_1";
  const { id } = await create({}, { stripeAccount });
  assert.equal((await stripe.checkout.sessions.retrieve(id, {}, { stripeAccount })).id, id);
  const { StripeInvalidRequestError, StripePermissionError } = Stripe.errors;
  await fails(stripe.checkout.sessions.retrieve(id), StripeInvalidRequestError, { code: "resource_missing" });
  const listed = await stripe.checkout.sessions.list({ limit: 100 }, { stripeAccount });
  assert.deepEqual(
    listed.data.map((session) => session.id),
    [id],
  );
  const wrong = { stripeAccount: "cus_1" };
  await fails(stripe.checkout.sessions.list({}, wrong), StripePermissionError, { code: "account_invalid" });
});

test("what Stripe refuses is refused in its words, and what it expands is expanded", async () => {
  const { StripeInvalidRequestError } = Stripe.errors;
  const cheap = { currency: "usd", product_data: { name: "Pin" }, unit_amount: 49 };
  await fails(create({ line_items: [{ price_data: cheap, quantity: 1 }] }), StripeInvalidRequestError, {
    code: "amount_too_small",
  });
  const dinar = { ...cheap, currency: "kwd", unit_amount: 5124 };
  await fails(create({ line_items: [{ price_data: dinar, quantity: 1 }] }), StripeInvalidRequestError, {
    param: "line_items[0][price_data][unit_amount]",
  });
  const missing = { param: "line_items[0]", code: undefined };
  await fails(create({ line_items: [{ price: "price_mug" }] }), StripeInvalidRequestError, missing);
  await fails(create({ submit_type: "pay" }), StripeInvalidRequestError, { param: "submit_type" });
  const plan = { mode: "subscription", line_items: [{ price: "price_monthly", quantity: 1 }] };
  const shipped = { ...plan, shipping_options: [{ shipping_rate: "shr_standard" }] };
  await fails(create(shipped), StripeInvalidRequestError, { param: "shipping_options" });
  const { id } = await create({ return_url: undefined, allowed_payment_method_types: ["card"] });
  const deep = { expand: ["line_items.data.price.product.default_price"] };
  await fails(stripe.checkout.sessions.retrieve(id, deep), StripeInvalidRequestError, {
    code: "property_expansion_max_depth",
  });
  const expand = ["customer", "line_items.data.price.currency_options", "line_items.data.taxes.rate"];
  const session = await stripe.checkout.sessions.retrieve(id, { expand });
  assert.equal(session.customer, null);
  assert.equal(session.line_items.data[0].price.currency_options.usd.unit_amount, 1500);
  // Another account's key of the same name is another key.
  const options = { idempotencyKey: `shared_${id}` };
  await stripe.checkout.sessions.update(id, { metadata: { a: "1" } }, options);
  const other = client("sk_test_other");
  assert.equal((await other.checkout.sessions.update(id, { metadata: { a: "2" } }, options)).metadata.a, "2");
});

test("zero-decimal currencies and inclusive taxes come out right", async () => {
  const yen = await create({ line_items: [{ price: "price_mug_jpy", quantity: 3, tax_rates: ["txr_sales"] }] });
  assert.deepEqual([yen.currency, yen.amount_subtotal, yen.amount_total], ["jpy", 5400, 5846]);
  const shown = await fetch(`${sandbox.url}/sandbox/sessions/${yen.id}/browser`, {
    headers: { authorization: "Bearer sk_test_node" },
  });
  const browser = await shown.json();
  assert.deepEqual(browser.total.total, { minorUnitsAmount: 5846, amount: "¥5,846" });
  assert.equal(browser.minorUnitsAmountDivisor, 1);
  const vat = await create({ line_items: [{ price: "price_mug", quantity: 1, tax_rates: ["txr_vat"] }] });
  assert.deepEqual([vat.amount_total, vat.total_details.amount_tax], [1500, 250]);
});

test("the ids of what it sells are printed at the start and listed at /", async () => {
  const { catalogue } = await (await fetch(sandbox.url)).json();
  const ids = catalogue.prices.map(({ id }) => id);
  assert.equal(await sandbox.lineOf(/^prices: /), `prices: ${ids.join(", ")}`);
  const made = await create({ line_items: [{ price: ids.find((id) => id === "price_cap"), quantity: 1 }] });
  assert.equal(made.amount_total, 2000);
});

test("events are signed as the client checks them", async () => {
  const { id } = await create();
  const told = events.length;
  const headers = { authorization: "Bearer sk_test_node" };
  await fetch(`${sandbox.url}/sandbox/sessions/${id}/complete`, { method: "POST", headers });
  while (!events.slice(told).some(({ text }) => text.includes(id))) await once(hook, "event");
  const { text, signature } = events.slice(told).find((event) => event.text.includes(id));
  const event = stripe.webhooks.constructEvent(text, signature, WEBHOOK_SECRET);
  assert.equal(event.type, "checkout.session.completed");
  assert.equal(event.data.object.payment_status, "paid");
  assert.throws(() => stripe.webhooks.constructEvent(`${text} `, signature, WEBHOOK_SECRET));
});

test("the description tells a wrong answer from a right one", async () => {
  const path = "/v1/checkout/sessions/cs_test_1";
  const right = await stripe.checkout.sessions.retrieve((await create()).id, { expand: ["line_items"] });
  const session = JSON.parse(JSON.stringify({ ...right, lastResponse: undefined }));
  assert.deepEqual(problems("GET", path, 200, session), []);
  for (const change of [
    { amount_total: "1500" },
    { status: "closed" },
    { created: undefined },
    { colour: "blue" },
    { metadata: { a: 1 } },
    { line_items: { ...session.line_items, data: [{ ...session.line_items.data[0], price: { id: "price_mug" } }] } },
  ]) {
    const wrong = JSON.parse(JSON.stringify({ ...session, ...change }));
    assert.notDeepEqual(problems("GET", path, 200, wrong), [], JSON.stringify(change));
  }
  assert.notDeepEqual(problems("GET", path, 404, { error: { type: "not_found", message: "No" } }), []);
  assert.equal(problems("GET", "/sandbox/sessions/cs_test_1/browser", 200, {}), null);
});

test("every answer was as Stripe's description says", () => {
  assert.deepEqual(sandbox.seen.wrong, []);
  assert.ok(sandbox.seen.answers > 50, String(sandbox.seen.answers));
});

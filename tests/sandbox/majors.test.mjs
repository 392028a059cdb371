// Three majors of Stripe's Node client, each with the API version that it was made for.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import Stripe23 from "stripe";
import Stripe18 from "stripe-18";
import Stripe20 from "stripe-20";
import { startSandbox } from "./lib/sandbox.mjs";

let sandbox;
before(async () => (sandbox = await startSandbox("--misbehave")));
after(() => sandbox.stop());

const MAJORS = [
  { Stripe: Stripe18, version: "2025-08-27.basil", ui_mode: "custom", methods: "payment_method_types" },
  { Stripe: Stripe20, version: "2026-02-25.clover", ui_mode: "custom", methods: "payment_method_types" },
  { Stripe: Stripe23, version: "2026-10-28.endive", ui_mode: "elements", methods: "allowed_payment_method_types" },
];

for (const { Stripe, version, ui_mode, methods } of MAJORS) {
  const major = Stripe.PACKAGE_VERSION.split(".")[0];
  const fails = async (promise, fields) => {
    const error = await promise.then(
      () => assert.fail("it succeeded"),
      (reason) => reason,
    );
    assert.ok(error instanceof Stripe.errors.StripeInvalidRequestError, `${error}`);
    for (const [name, value] of Object.entries(fields)) assert.equal(error[name], value, name);
    return error;
  };

  test(`${major} walks the guides on line items and on payment amounts`, async () => {
    const { host, port } = sandbox;
    const stripe = new Stripe("sk_test_majors", {
      host,
      port,
      protocol: "http",
      maxNetworkRetries: 2,
      telemetry: false,
    });
    const { sessions } = stripe.checkout;
    // Guide "Dynamically update line items": create, then the yearly price.
    const plan = { ui_mode, mode: "subscription", return_url: "https://example.com/return" };
    const made = await sessions.create({ ...plan, line_items: [{ price: "price_monthly", quantity: 1 }] });
    assert.equal(made.lastResponse.apiVersion, version);
    assert.deepEqual([made.ui_mode, made.status, made.amount_total], [ui_mode, "open", 1000]);
    const yearly = await sessions.update(made.id, { line_items: [{ price: "price_yearly", quantity: 1 }] });
    assert.equal(yearly.amount_total, 10_000);
    // Its five rules: keep, update, add, remove, reorder.
    const items = async () => (await sessions.listLineItems(made.id)).data;
    const [first] = await items();
    const mug = { price: "price_mug", quantity: 1 };
    await sessions.update(made.id, { line_items: [{ id: first.id }, mug, { price: "price_sticker", quantity: 2 }] });
    const [, second, third] = await items();
    await sessions.update(made.id, { line_items: [{ id: second.id, quantity: 3 }, { id: first.id }] });
    assert.deepEqual(
      (await items()).map(({ id, quantity }) => [id, quantity]),
      [
        [second.id, 3],
        [first.id, 1],
      ],
    );
    await fails(sessions.update(made.id, { line_items: [{ id: third.id }] }), { code: "resource_missing" });
    // Guide "Dynamically update payment amounts": an add-on by price_data, with what is there sent back.
    const paid = await sessions.create({ ui_mode, mode: "payment", line_items: [mug], [methods]: ["card"] });
    const found = await sessions.retrieve(paid.id, { expand: ["line_items"] });
    assert.ok(found.status === "open" && found.expires_at * 1000 > Date.now());
    const price_data = { currency: "usd", product_data: { name: "Gift wrap" }, unit_amount: 500 };
    const kept = found.line_items.data.map(({ id }) => ({ id }));
    const update = { line_items: [...kept, { price_data, quantity: 1 }] };
    const wrapped = await sessions.update(paid.id, update, { idempotencyKey: `wrap_${paid.id}` });
    assert.equal(wrapped.amount_total, 2000);
    const again = await sessions.update(paid.id, update, { idempotencyKey: `wrap_${paid.id}` });
    assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
    // As the guide prints it, the add-on alone: everything else is gone.
    const alone = await sessions.update(paid.id, { line_items: [{ price_data, quantity: 1 }] });
    assert.equal(alone.amount_total, 500);
    // What does not change by line items, and what is over.
    const discounts = [{ coupon: "TENTH" }];
    await fails(sessions.update(paid.id, { discounts }), { code: "parameter_unknown", param: "discounts" });
    await sessions.expire(paid.id);
    await fails(sessions.update(paid.id, update), { code: "status_transition_invalid", statusCode: 400 });
  });

  test(`${major} is told which ui_mode its version has`, async () => {
    const { host, port } = sandbox;
    const stripe = new Stripe("sk_test_majors", { host, port, protocol: "http", telemetry: false });
    const line_items = [{ price: "price_mug", quantity: 1 }];
    const params = { mode: "payment", return_url: "https://shop.example", line_items };
    const other = ui_mode === "custom" ? "elements" : "custom";
    const error = await fails(stripe.checkout.sessions.create({ ...params, ui_mode: other }), { param: "ui_mode" });
    assert.ok(
      error.message.includes(`In API version ${version}, \`${other}\` is called \`${ui_mode}\``),
      error.message,
    );
  });
}

test("every answer was as Stripe's description says", () => {
  assert.deepEqual(sandbox.seen.wrong, []);
  assert.ok(sandbox.seen.answers > 50, String(sandbox.seen.answers));
});

// Stripe's sample "Elements with Checkout Sessions", its server after the steps of its documentation: make a session with
// every parameter that it sends, hand out the client secret, and tell the page that the customer comes back to how it went.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import Stripe from "stripe";
import { startSandbox } from "./lib/sandbox.mjs";

const DOMAIN = "http://localhost:4242";

let sandbox;
let server;
let origin;

function sample(stripe) {
  const routes = {
    "POST /create-checkout-session": async () => {
      const session = await stripe.checkout.sessions.create({
        ui_mode: "elements",
        mode: "payment",
        line_items: [
          { price_data: { currency: "usd", product_data: { name: "T-shirt" }, unit_amount: 2000 }, quantity: 1 },
        ],
        adaptive_pricing: { enabled: true },
        customer_email: "test+location_FR@example.com",
        return_url: `${DOMAIN}/complete?session_id={CHECKOUT_SESSION_ID}`,
      });
      return { clientSecret: session.client_secret };
    },
    "GET /session-status": async ({ searchParams }) => {
      const session = await stripe.checkout.sessions.retrieve(searchParams.get("session_id"), {
        expand: ["payment_intent"],
      });
      return {
        status: session.status,
        payment_status: session.payment_status,
        payment_intent_id: session.payment_intent?.id ?? null,
        payment_intent_status: session.payment_intent?.status ?? null,
      };
    },
  };
  return createServer(async (incoming, outgoing) => {
    const url = new URL(incoming.url, DOMAIN);
    try {
      outgoing.end(JSON.stringify(await routes[`${incoming.method} ${url.pathname}`](url)));
    } catch (error) {
      outgoing.writeHead(400).end(JSON.stringify({ error: { message: error.message } }));
    }
  });
}

before(async () => {
  sandbox = await startSandbox();
  const { host, port } = sandbox;
  server = sample(new Stripe("sk_test_sample", { host, port, protocol: "http", telemetry: false }));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${server.address().port}`;
});

after(async () => {
  server.close();
  await sandbox.stop();
});

test("the sample runs, from its first request to the page that the customer comes back to", async () => {
  const { clientSecret, error } = await (await fetch(`${origin}/create-checkout-session`, { method: "POST" })).json();
  assert.equal(error, undefined);
  const [id] = clientSecret.split("_secret_");
  const status = async () => (await fetch(`${origin}/session-status?session_id=${id}`)).json();
  assert.deepEqual(await status(), {
    status: "open",
    payment_status: "unpaid",
    payment_intent_id: null,
    payment_intent_status: null,
  });
  const headers = { authorization: "Bearer sk_test_sample" };
  await fetch(`${sandbox.url}/sandbox/sessions/${id}/complete`, { method: "POST", headers });
  const { payment_intent_id, ...paid } = await status();
  assert.deepEqual(paid, { status: "complete", payment_status: "paid", payment_intent_status: "succeeded" });
  assert.match(payment_intent_id, /^pi_/);
  const shown = await (await fetch(`${sandbox.url}/v1/checkout/sessions/${id}`, { headers })).json();
  assert.deepEqual(shown.adaptive_pricing, { enabled: true });
  assert.deepEqual(sandbox.seen.wrong, []);
});

// Updates of a Checkout Session, with Express and Stripe's client.
import { randomUUID } from "node:crypto";
import express from "express";
import Stripe from "stripe";
import { once } from "./once.mjs";
import { cart, isId, Refusal, updates } from "./rules.mjs";

const { env } = process;
// Two calls of 8 s end before the page gives up. The page can retry an update, so the client need not.
const { hostname: host, port, protocol } = new URL(env.STRIPE_API ?? "https://api.stripe.com");
const options = { host, port, protocol: protocol.slice(0, -1), timeout: 8_000, maxNetworkRetries: 0 };
const { sessions } = new Stripe(env.STRIPE_SECRET_KEY, options).checkout;

const app = express();
// Another site's form can neither send JSON nor get the cookie.
app.use(express.json({ limit: "4kb" }));
const visitorOf = (request) => /(?:^|; )visitor=([\w-]+)/.exec(request.get("cookie"))?.[1];

app.post("/create-checkout-session", async (request, response) => {
  const visitor = visitorOf(request) ?? randomUUID();
  const more = { ui_mode: "elements", mode: "subscription", return_url: `${env.ORIGIN}/return` };
  const session = await sessions.create({ line_items: cart, metadata: { visitor }, ...more });
  response.cookie("visitor", visitor, { httpOnly: true, sameSite: "lax", secure: true });
  response.json({ clientSecret: session.client_secret, publishableKey: env.STRIPE_PUBLISHABLE_KEY ?? null });
});

// Each update sends the whole list, so updates of one session run one after another.
const turns = new Map();
function inTurn(name, work) {
  const turn = Promise.allSettled([turns.get(name)]).then(work);
  turns.set(name, turn);
  return turn.finally(() => turns.get(name) === turn && turns.delete(name));
}

for (const [path, parse] of Object.entries(updates)) {
  app.post(path, async (request, response) => {
    const { checkout_session_id: id, ...intent } = request.body ?? {};
    const [visitor, change] = [visitorOf(request), parse(intent)];
    if (!isId(id, "cs_")) throw new Refusal(400);
    if (!visitor) throw new Refusal(403);

    async function prepare() {
      const read = Promise.all([sessions.retrieve(id), sessions.listLineItems(id, { limit: 100 })]);
      const [session, items] = await read.catch((error) => {
        console.error(error);
        throw new Refusal(424);
      });
      if (session.metadata?.visitor !== visitor) throw new Refusal(403);
      if (session.status !== "open") throw new Refusal(400, "This checkout is closed.", "session_closed");
      const line_items = change(items.data);
      if (line_items.length === 0) throw new Refusal(400, "At least one item has to stay in the order.", "last_item");
      return { line_items };
    }

    async function perform(params, idempotencyKey) {
      try {
        await sessions.update(id, params, { idempotencyKey });
        return { status: 200, body: { type: "success" } };
      } catch (error) {
        // Stripe refused, so nothing was changed. Any other error leaves that open, so `once` must keep no answer.
        if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
        console.error(error);
        return new Refusal(400).answer;
      }
    }

    const key = request.get("idempotency-key") ?? randomUUID();
    const work = () => once([visitor, id, path], key, intent, prepare, perform);
    const { status, body } = await inTurn(JSON.stringify([visitor, id]), work);
    response.status(status).json(body);
  });
}

// Express recognizes an error handler by its four parameters. Its own errors, such as invalid JSON, have a status.
app.use((error, _request, response, _next) => {
  const status = error.status ?? (error instanceof Stripe.errors.StripeError ? 502 : 500);
  const { answer } = error instanceof Refusal ? error : new Refusal(status, "Something went wrong on our end.");
  if (answer.status >= 500) console.error(error);
  response.status(answer.status).json(answer.body);
});

const server = app.listen(env.PORT ?? 4242, "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});

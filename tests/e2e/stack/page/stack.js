// A page that changes its order again and again, each time into something that the session does not have yet.
import { createUpdates, endpoint } from "/dist/index.js";
import { createFakeStripe } from "/dist/testing.js";
import { endpoints as declared } from "/endpoints.js";

// Without `latest` and `join`: each update is to be sent. A silent attempt is given up before a delayed answer is there.
const persistent = ({ url, rules }) => endpoint(url, rules, { dedupe: false, retries: 5, attemptTimeoutMs: 500 });
const endpoints = Object.fromEntries(Object.entries(declared).map(([name, given]) => [name, persistent(given)]));

const { clientSecret } = await (await fetch("/create-checkout-session", { method: "POST" })).json();
const id = clientSecret.split("_secret_")[0];

async function fetchSession() {
  const response = await fetch(`/session?checkout_session_id=${id}`);
  if (!response.ok) throw new Error(`the session: ${response.status}`);
  return response.json();
}

const standIn = { session: await fetchSession(), refresh: fetchSession, latencyMs: 0, canConfirm: () => true };
const stripe = createFakeStripe(standIn);
const sdk = stripe.initCheckoutElementsSdk({ clientSecret });
const { actions } = await sdk.loadActions();
const updates = createUpdates({ endpoints, session: () => actions.getSession().id });

const item = (session, name) => session.lineItems.find((one) => one.name === name);

function addOn(name, product_id) {
  return {
    about: name,
    read: (session) => item(session, name) !== undefined,
    next: (selected) => ["updateCustomAmount", { product_id, selected: !selected }, !selected],
  };
}

/** What can be changed, independent of each other: what the session says of it, and the next update of it. */
const matters = [
  {
    about: "interval",
    read: (session) => session.recurring.interval,
    next: (now) =>
      now === "month"
        ? ["changeInterval", { interval: "yearly" }, "year"]
        : ["changeInterval", { interval: "monthly" }, "month"],
  },
  addOn("Gift wrap", "gift_wrap"),
  addOn("Extended warranty", "warranty"),
  {
    about: "Notebook",
    read: (session) => item(session, "Notebook") !== undefined,
    next: (taken) => [taken ? "removeCrossSell" : "addCrossSell", { product_id: "notebook" }, !taken],
  },
  {
    about: "Desk lamp",
    read: (session) => item(session, "Desk lamp")?.quantity ?? 0,
    next(quantity, session) {
      if (quantity === 0) return ["addCrossSell", { product_id: "desk_lamp" }, 1];
      const wanted = (quantity % 10) + 1;
      return ["setQuantity", { line_item: item(session, "Desk lamp").id, quantity: wanted }, wanted];
    },
  },
];

async function change({ about, read, next }) {
  const before = read(actions.getSession());
  const [name, intent, wanted] = next(before, actions.getSession());
  const { type, error, session } = await updates.run(actions, name, intent);
  return {
    about,
    before,
    wanted,
    type,
    kind: error?.kind ?? null,
    applied: error?.applied ?? null,
    shown: session && read(session),
    stale: updates.isStale(),
  };
}

globalThis.stack = {
  id,
  /** One update of each matter, all asked for at once; gives what came of each. */
  round: () => Promise.all(matters.map(change)),
  /** Waits until the page trusts what it shows; gives what it shows and what the server has. */
  async healed() {
    await updates.settled();
    await new Promise((resolve) => {
      const look = () => {
        if (updates.isStale()) return;
        stop();
        resolve();
      };
      const stop = updates.subscribe(look);
      look();
    });
    // A look that was due is over once Stripe.js lets the session be paid again.
    await new Promise((resolve) => {
      const look = () => actions.getSession().canConfirm && resolve();
      sdk.on("change", look);
      look();
    });
    const session = actions.getSession();
    return { session, server: await fetchSession(), values: matters.map(({ about, read }) => [about, read(session)]) };
  },
  metrics: () => updates.metrics().endpoints,
};

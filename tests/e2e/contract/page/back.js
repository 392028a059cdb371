// A page that is left and comes back from the browser's own back/forward cache, with all that it knew.
import { createUpdates, endpoint } from "/dist/index.js";
import { createFakeStripe } from "/dist/testing.js";

const { fake, ...stripe } = createFakeStripe({ session: { id: "cs_test_back" } });
const { actions } = await stripe.initCheckoutElementsSdk({ clientSecret: "cs_test_back_secret_x" }).loadActions();
const updates = createUpdates({ endpoints: { gift: endpoint("/fault/success", {}) } });

const seen = [];
addEventListener("pagehide", ({ persisted }) => seen.push(["pagehide", persisted]));
addEventListener("pageshow", ({ persisted }) => seen.push(["pageshow", persisted]));
updates.subscribe(() => seen.push(["stale", updates.isStale()]));

/** Runs an update; gives its type. */
async function run() {
  const { type } = await updates.run(actions, "gift", {});
  seen.length = 0;
  return type;
}

/** What the page met since, once Stripe.js is done. */
async function told() {
  await fake.idle();
  await updates.settled();
  return { seen, stale: updates.isStale(), calls: fake.updates.length };
}

globalThis.back = { run, told };

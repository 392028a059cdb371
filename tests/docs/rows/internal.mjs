// The module dies while an update is under way. Prints the kind and `applied` of that one, and how the next one ends.
import { createUpdates, endpoint } from "checkout-updates";
import { createFakeServer, createFakeStripe } from "checkout-updates/testing";

const server = createFakeServer({ "/update-tax": () => new Promise(() => {}) });
const create = () => createUpdates({ endpoints: { updateTax: endpoint("/update-tax", {}) } });
const [updates, other] = [create(), create()];
const stripe = createFakeStripe();
const open = async () => {
  const loaded = await stripe.initCheckoutElementsSdk({ clientSecret: "cs_test_1_secret_2" }).loadActions();
  return loaded.actions;
};

const actions = await open();
await updates.ready;
const outcome = updates.run(actions, "updateTax", {});
// What the module calls throws where nothing may: that ends it.
const otherActions = await open();
const { setTimeout } = globalThis;
globalThis.setTimeout = () => {
  globalThis.setTimeout = setTimeout;
  throw new Error();
};
void other.run(otherActions, "updateTax", {});

const { error } = await outcome;
server.handle("/update-tax", () => ({ type: "success" }));
const { type } = await updates.run(await open(), "updateTax", {});
console.log(JSON.stringify([error.kind, error.applied, type]));
process.exit();

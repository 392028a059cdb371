// A page that sends updates as it is told, one endpoint each, and tells the test around it how each ended.
import { createUpdates, endpoint, oneOf } from "/dist/index.js";
import { createFakeStripe } from "/dist/testing.js";

const PRICE = 1000;

/** The session is what the server has applied. */
async function fetchSession() {
  const response = await fetch("/recorded?path=/none");
  const { applied } = await response.json();
  const lineItems = Object.entries(applied).map(([name, quantity]) => ({
    id: name,
    name,
    quantity,
    unitAmount: PRICE,
  }));
  return { id: "cs_test_random", lineItems };
}

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until nothing is pending and the page trusts what it shows. */
async function healed(updates) {
  await updates.settled();
  await new Promise((resolve) => {
    const look = () => {
      if (updates.isPending() || updates.isStale()) return;
      stop();
      resolve();
    };
    const stop = updates.subscribe(look);
    look();
  });
}

const totalOf = ({ lineItems }) => lineItems.reduce((total, { quantity }) => total + quantity * PRICE, 0);

/**
 * A customer who pays: what `press` needs of the page, and for each call of `confirm` the total that was on the page at the
 * press and the one that the server would have charged. Only the last payment is accepted, since no update follows it.
 */
function customer(updates, actions) {
  const payments = [];
  const press = async (accept) => {
    const shown = actions.getSession().total.total.minorUnitsAmount;
    const paid = await updates.pay(actions, async () => {
      const charged = await fetchSession().then(totalOf, () => null);
      if (charged === null) {
        // Offline: nothing is charged, and the customer presses again a little later.
        await later(200);
        return { type: "error", error: { message: "Offline." } };
      }
      payments.push({ shown, charged });
      return accept ? actions.confirm({ redirect: "if_required" }) : { type: "error", error: { message: "Declined." } };
    });
    return paid.type === "confirmed" ? paid.result.type : paid.reason;
  };
  return { payments, press };
}

/** Sends these updates, some beside each other, and gives what the page shows and counts in the end. */
async function live(planned) {
  const stripe = createFakeStripe({
    session: await fetchSession(),
    refresh: fetchSession,
    latencyMs: 0,
    canConfirm: () => true,
  });
  const { actions } = await stripe.initCheckoutElementsSdk({ clientSecret: "cs_test_random_secret_x" }).loadActions();
  const intent = { choice: oneOf("this") };
  const endpoints = planned.map(({ key, url, retries }) => [key, endpoint(url, intent, { dedupe: false, retries })]);
  const settled = [];
  const updates = createUpdates({
    session: () => "cs_test_random",
    endpoints: Object.fromEntries(endpoints),
    timeoutMs: 1_200,
    onSettled: ({ endpoint: name, outcome }) => settled.push([name, outcome]),
  });
  await updates.ready;
  void updates.resume(actions);
  const { payments, press } = customer(updates, actions);
  const running = [];
  const earlier = [];
  for (const { key, act, afterMs, beside, pays } of planned) {
    const control = new AbortController();
    void tell({ key });
    const outcome = updates.run(actions, key, { choice: "this" }, { signal: control.signal });
    running.push(outcome.then(({ type, error }) => tell({ key, type, kind: error?.kind, applied: error?.applied })));
    if (pays) earlier.push(press(false));
    if (act) {
      await later(afterMs);
      if (act === "abort") control.abort();
      else if (act === "cancel") updates.cancel(key);
      else updates.dispose();
    }
    if (!beside) await outcome;
  }
  await Promise.all(running);
  // Nobody refreshes for a page that has let go.
  if (planned.some(({ act }) => act === "dispose")) await updates.refresh(actions);
  await healed(updates);
  // One payment at a time: a press during another answers "paying".
  await Promise.all(earlier);
  const presses = [];
  // A total that has changed since the press is shown, and the customer presses again.
  while (presses.at(-1) !== "success" && presses.length < 5) presses.push(await press(true));
  const { endpoints: counted } = updates.metrics();
  const shown = Object.fromEntries(actions.getSession().lineItems.map(({ name, quantity }) => [name, quantity]));
  updates.dispose();
  return { shown, counted, settled, payments, presses };
}

globalThis.random = { live };

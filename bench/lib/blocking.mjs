// How long each call keeps the page from doing anything else, on a page where nothing has run before.
import { withPage } from "./browser.mjs";

/** In the page: each public call once; `call` is until it returns, `task` until what it leaves in microtasks is done. */
async function callAll() {
  const { instantStripe, answerAtOnce } = await import("/in-page.js");
  const { createUpdates, endpoint, oneOf, identifier, integer, flag } = await import("/default/page.js");
  answerAtOnce();
  const actions = instantStripe("cs_test_bench");
  const endpoints = {
    change: endpoint("/change-subscription-interval", { interval: oneOf("monthly", "yearly") }),
    service: endpoint("/update-custom-amount", { product_id: identifier(), selected: flag() }),
    add: endpoint("/add-cross-sell", { product_id: identifier() }),
    remove: endpoint("/remove-cross-sell", { product_id: identifier() }),
    quantity: endpoint("/update-line-item-quantity", { line_item: identifier("li_"), quantity: integer(0, 10) }),
    shipping: endpoint("/update-shipping", { speed: oneOf("standard", "express") }),
    tax: endpoint("/update-tax", {}),
  };
  const session = () => actions.getSession().id;
  await createUpdates({ session, endpoints: {} }).ready;
  // A customer's first click comes when the page has come to rest.
  await new Promise((resolve) => requestIdleCallback(resolve));

  const { port1, port2 } = new MessageChannel();
  const times = {};
  // A task of its own: its microtasks have all run when the next begins.
  const inTask = (name, call) =>
    new Promise((resolve) => {
      let start;
      let value;
      port2.onmessage = () => {
        if (start !== undefined) {
          times[name].task = performance.now() - start;
          return resolve(value);
        }
        start = performance.now();
        port1.postMessage(0);
        value = call();
        times[name] = { call: performance.now() - start };
      };
      port1.postMessage(0);
    }).then((value) => value);

  const updates = await inTask("createUpdates", () => ({ it: createUpdates({ session, endpoints }) })).then(
    ({ it }) => it,
  );
  const update = await inTask("request", () => updates.request("change", { interval: "yearly" }));
  await (
    await inTask("the first update", () => ({ it: update() }))
  ).it;
  await (
    await inTask("run", () => ({ it: updates.run(actions, "change", { interval: "yearly" }) }))
  ).it;
  for (let i = 0; i < 120; i++) await updates.run(actions, "tax", {});
  await inTask("getSnapshot", () => updates.getSnapshot());
  await inTask("isPending", () => updates.isPending("change"));
  await inTask("subscribe", () => updates.subscribe(() => {}));
  await inTask("metrics", () => updates.metrics());
  await inTask("wrap", () => updates.wrap("own", async () => 1));
  await (
    await inTask("refresh", () => ({ it: updates.refresh(actions) }))
  ).it;
  await (
    await inTask("settled", () => ({ it: updates.settled() }))
  ).it;
  await inTask("reportTo", () => updates.reportTo("/metrics/client-failures"));
  await inTask("cancel", () => updates.cancel());
  const waiting = [];
  await inTask("32 at once", () => {
    for (let i = 0; i < 32; i++) waiting.push(updates.run(actions, "quantity", { line_item: `li_${i}`, quantity: 1 }));
  });
  await Promise.all(waiting);
  await inTask("dispose", () => updates.dispose());
  return times;
}

/** Milliseconds by call, a number a round: of the call itself, and of the whole task. */
export async function measureBlocking(browser, url, rounds) {
  const rows = { call: {}, task: {} };
  for (let round = 0; round < rounds; round++) {
    const times = await withPage(browser, url, (page) => page.evaluate(callAll));
    for (const [name, { call, task }] of Object.entries(times)) {
      (rows.call[name] ??= []).push(call);
      (rows.task[name] ??= []).push(task);
    }
  }
  return rows;
}

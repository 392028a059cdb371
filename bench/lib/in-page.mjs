// What the pages of the measurements share; it is served to them as "/in-page.js".

/** Stripe.js at its fastest: it calls the function and has a session at once. */
export function instantStripe(id) {
  const session = { id, status: { type: "open" }, canConfirm: true };
  return {
    getSession: () => session,
    async runServerUpdate(update) {
      await update();
      return { type: "success", session };
    },
  };
}

/** In place of the network: each request is answered at once, but for a module's file. */
export function answerAtOnce() {
  const headers = { "content-type": "application/json" };
  const { fetch: send } = globalThis;
  globalThis.fetch = async (to) =>
    String(to.url ?? to).endsWith(".wasm") ? send(to) : new Response('{"type":"success"}', { headers });
}

const ENDPOINT = "/change-subscription-interval";

/** The ways of making one update, each a function of the interval: ours, and the `update` of other modules by name. */
export async function waysToUpdate(actions, { ours, others = {} }) {
  const { createUpdates, endpoint, oneOf } = await import(ours);
  const id = () => actions.getSession().id;
  const rules = { interval: oneOf("monthly", "yearly") };
  const updates = createUpdates({ session: id, endpoints: { change: endpoint(ENDPOINT, rules) } });
  await updates.ready;
  const must = async (outcome) => {
    const { type, error } = await outcome;
    if (type !== "success") throw new Error(`${type}: ${error?.kind} ${error?.message}`);
  };
  const byOthers = Object.entries(others).map(async ([name, file]) => {
    const { update } = await import(file);
    return [name, (interval) => must(actions.runServerUpdate(() => update(id(), interval)))];
  });
  return {
    updates,
    ways: {
      ...Object.fromEntries(await Promise.all(byOthers)),
      request: (interval) => must(actions.runServerUpdate(updates.request("change", { interval }))),
      run: (interval) => must(updates.run(actions, "change", { interval })),
    },
  };
}

/** Times batches of each way by turns; gives milliseconds for one update, a number a round. */
export async function timeByTurns(ways, { rounds, batch, warmUp }) {
  const names = Object.keys(ways);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  let flip = false;
  for (let round = -warmUp; round < rounds; round++) {
    for (let i = 0; i < names.length; i++) {
      // Another goes first each time, so that none always pays for what was left behind.
      const name = names[(i + round + warmUp) % names.length];
      const start = performance.now();
      for (let i = 0; i < batch; i++) {
        flip = !flip;
        await ways[name](flip ? "yearly" : "monthly");
      }
      if (round >= 0) times[name].push((performance.now() - start) / batch);
    }
  }
  return times;
}

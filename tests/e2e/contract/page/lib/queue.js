// A page with three endpoints, whose engine is there or still to come.

/** The endpoints of these rules; `endpointOptions` is for the one that the rule is about. */
export async function declare({ endpoint, oneOf, identifier, integer, flag }, { quantity, interval } = {}) {
  return {
    setQuantity: endpoint("/quantity", { line_item: identifier("li_"), quantity: integer(0, 10) }, quantity),
    changeInterval: endpoint("/interval", { interval: oneOf("monthly", "yearly") }, interval),
    addGift: endpoint("/gift", { selected: flag() }),
  };
}

export const PATHS = ["/quantity", "/interval", "/gift"];

/** A page whose engine is there. `go` and `isEarly` are for rules that also hold before it is. */
export async function open(t, endpointOptions, { stripe, ...options } = {}) {
  const module = await t.module("index");
  const { actions, fake } = await t.stripe(stripe);
  const endpoints = await declare(module, endpointOptions);
  const updates = t.keep(module.createUpdates({ session: () => t.SESSION, ...options, endpoints }));
  await updates.ready;
  return { updates, actions, fake, shop: t.shop(...PATHS), go: () => updates.ready, isEarly: false };
}

/** The same, whose engine arrives when the rule says `go`; for a page that has WebAssembly. */
export async function early(t, endpointOptions, { stripe, ...options } = {}) {
  const module = await t.module("slim");
  let arrive;
  module.useWasm(new Promise((resolve) => (arrive = resolve)));
  const { actions, fake } = await t.stripe(stripe);
  const endpoints = await declare(module, endpointOptions);
  const updates = t.keep(module.createUpdates({ session: () => t.SESSION, ...options, endpoints }));
  const go = () => {
    arrive(new URL("/dist/checkout_updates.wasm", location.href));
    return updates.ready;
  };
  return { updates, actions, fake, shop: t.shop(...PATHS), go, isEarly: true };
}

/** Answers requests until there are none, and gives their bodies without the session. */
export async function serve(t, it, count) {
  const bodies = [];
  for (let answered = 0; answered < count; answered++) {
    const order = await it.shop.next();
    const { checkout_session_id: session, ...intent } = order.body;
    t.equal(session, t.SESSION);
    bodies.push(intent);
    order.answer();
  }
  return bodies;
}

export const types = async (outcomes) =>
  (await Promise.all(outcomes)).map(({ type, error }) =>
    [type, error?.kind, error?.reason, error?.applied].filter(Boolean).join(" "),
  );

export const SUPERSEDED = "cancelled cancelled superseded no";
export const CANCELLED = "cancelled cancelled cancelled no";
export const SIGNAL = "cancelled cancelled signal no";
export const DISPOSED = "cancelled cancelled disposed no";

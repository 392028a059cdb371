// What the demo's pages import of the package, as a page has it that does without: `update` sends, and nothing more is done.
import { update } from "peer";

const nothing = () => {};

export function createUpdates({ session }) {
  performance.mark("sender");
  const listeners = new Set();
  let pending = 0;
  const count = (by) => {
    pending += by;
    for (const listener of listeners) listener();
  };
  return {
    ready: Promise.resolve(),
    isPending: () => pending > 0,
    isStale: () => false,
    getSnapshot: () => ({ pending: pending > 0, stale: false, paying: false }),
    subscribe: (listener) => (listeners.add(listener), () => listeners.delete(listener)),
    metrics: () => ({ endpoints: {} }),
    reportTo: () => nothing,
    settled: () => Promise.resolve(),
    pendingIntent: nothing,
    pay: async (actions, confirm) => ({ type: "confirmed", result: await confirm(actions) }),
    async run(actions, _name, { interval }) {
      count(1);
      try {
        const result = await actions.runServerUpdate(() => update(session(), interval));
        return result.type === "success" ? { ...result, session: actions.getSession() } : result;
      } finally {
        count(-1);
      }
    },
  };
}

export function bindSwitch(element, { updates, actions, sdk, name, on, off, isOn }) {
  const draw = () => element.setAttribute("aria-checked", String(isOn(actions.getSession())));
  element.addEventListener("click", () => void updates.run(actions, name, isOn(actions.getSession()) ? off : on));
  sdk.on("change", draw);
  draw();
}

export function bindExpressCheckout(element, { actions, confirm }) {
  element.on("click", (event) => event.resolve());
  element.on("confirm", (event) => void confirm(actions, event));
}

/** The rules that /endpoints.js declares: the senders follow none. */
const rule = () => ({ optional: rule });
export {
  rule as address,
  rule as endpoint,
  rule as flag,
  rule as identifier,
  rule as integer,
  rule as oneOf,
  rule as text,
};

import { bindExpressCheckout } from "/dist/express.js";
import { createUpdates } from "/dist/index.js";
import { endpoints } from "/endpoints.js";
import { REPORTS } from "./merchant.js";
import { measure } from "./record.js";

/** The package's deadline for each limit of Stripe.js, in milliseconds; 19.5 s is its default. */
const DEADLINES = { 20_000: 19_500, 5_000: 3_500 };

/**
 * The package on this page, for one limit of Stripe.js. `begin` gives it the checkout of the next experiment.
 * `onChange` is called when `isPending()` or `isStale()` has changed, `onCalm` when a doubt has ended that the customer
 * has read about, with its milliseconds.
 */
export function createPackage(limit, record, { onChange, onCalm }) {
  let checkout;
  let staleSince = null;
  let hasFailed = false;
  const session = () => checkout.actions.getSession();
  const updates = createUpdates({
    endpoints,
    session: () => session().id,
    timeoutMs: DEADLINES[limit],
    fetch: record.fetch,
    onSettled: record.onSettled,
  });
  updates.reportTo(REPORTS);
  updates.subscribe(() => {
    const stale = updates.isStale();
    if (stale && staleSince === null) staleSince = performance.now();
    if (!stale && staleSince !== null) {
      measure("stale", staleSince);
      if (hasFailed) onCalm(performance.now() - staleSince);
      staleSince = null;
    }
    onChange();
  });

  async function run(name, intent, tell) {
    const press = performance.now();
    const outcome = await updates.run(checkout.actions, name, intent);
    hasFailed = outcome.type === "error";
    if (outcome.type === "success") tell("Your order was updated.", "yes");
    if (outcome.type === "error") tell(outcome.error.message, outcome.error.applied);
    if (outcome.type !== "cancelled") record.answered(press);
  }

  return {
    updates,
    /** Resolves when the module has been loaded, or has failed to: loading is not part of the time from a press. */
    ready: () => updates.ready.catch(() => {}),
    begin: (opened) => {
      hasFailed = false;
      checkout = { ...opened, actions: record.watch(opened.actions) };
    },
    changePlan: (tell) => {
      const interval = session().recurring.interval === "year" ? "monthly" : "yearly";
      return run("changeInterval", { interval }, tell);
    },
    /** One more than what was asked for last. */
    oneMore: (tell) => {
      const item = session().lineItems.at(-1);
      const own = { line_item: item.id };
      const quantity = updates.pendingIntent("setQuantity", own)?.quantity ?? item.quantity;
      return run("setQuantity", { ...own, quantity: quantity + 1 }, tell);
    },
    /** Pays, and tells why that was not done. */
    pay: async (tell) => {
      const outcome = await updates.pay(checkout.actions, (actions) => actions.confirm());
      if (outcome.type === "blocked") return tell(outcome.message, null);
      return outcome.result;
    },
    bindWallet: (element) => {
      bindExpressCheckout(element, {
        updates,
        actions: checkout.actions,
        confirm: (actions, event) => actions.confirm({ expressCheckoutConfirmEvent: event }),
      });
    },
    /** Why Pay is locked; `null` if it is not. */
    whyLocked: () => {
      if (updates.getSnapshot().paying) return "the customer is paying";
      if (updates.isPending()) return "the order is changing";
      if (updates.isStale()) return "the order is being checked";
      return whyClosed(session());
    },
    /** Resolves when nothing is pending and nothing in doubt. */
    calm: async () => {
      await updates.settled();
      while (updates.isStale()) await new Promise((resolve) => void once(updates, resolve));
    },
  };
}

/** Why Pay is locked if only Stripe.js is asked. */
export function whyClosed({ status, canConfirm }) {
  if (status.type !== "open") return "the checkout is closed";
  return canConfirm ? null : "the order is changing";
}

function once(updates, act) {
  const end = updates.subscribe(() => {
    end();
    act();
  });
}

import { createUpdates } from "/dist/index.js";
import { endpoints } from "/endpoints.js";
import { openSession } from "../stripe.js";
import { changePlan, CHECKS } from "./by-hand.js";
import { shownOf } from "./facts.js";
import { whyClosed } from "./with-package.js";

/** A checkout in a frame of the lab, which reloads it. `globalThis.page` resolves to what the lab does in it and reads. */
const { side, clientSecret } = Object.fromEntries(new URLSearchParams(location.search));

async function byHand({ actions }) {
  const button = document.createElement("button");
  button.setAttribute("aria-checked", "false");
  return {
    press: () => void changePlan({ actions, button, tell: () => {}, check: CHECKS.ok }),
    pay: () => actions.confirm(),
    calm: () => {},
    whyLocked: () => whyClosed(actions.getSession()),
    subscribe: () => {},
  };
}

async function mine({ actions }) {
  const updates = createUpdates({ endpoints, session: () => actions.getSession().id });
  const resumed = updates.resume(actions);
  return {
    press: () => void updates.run(actions, "changeInterval", { interval: "yearly" }),
    pay: async () => (await updates.pay(actions, () => actions.confirm())).result,
    calm: () => resumed,
    whyLocked: () => {
      const { pending, stale, paying } = updates.getSnapshot();
      if (paying) return "the customer is paying";
      if (pending) return "the order is changing";
      return stale ? "the order is being checked" : whyClosed(actions.getSession());
    },
    subscribe: updates.subscribe,
  };
}

async function open() {
  const checkout = await openSession({ clientSecret });
  const { sdk, actions } = checkout;
  const page = await { byHand, mine }[side](checkout);
  return {
    ...page,
    session: actions.getSession,
    control: () => shownOf(actions.getSession(), "plan"),
    subscribe: (draw) => {
      sdk.on("change", draw);
      page.subscribe(draw);
    },
  };
}

globalThis.page = open();

import { openCheckout } from "../stripe.js";
import { bindWallet, changePlan, oneMore, payOnceUpdated } from "./by-hand.js";
import { AWAY, DRIVES } from "./drives.js";
import { shownOf } from "./facts.js";
import { arm, post, received, truthOf } from "./server.js";
import { whyClosed } from "./with-package.js";

/** The two controls: where their updates go, and what the customer wants of them. */
const KINDS = {
  plan: { path: "/change-subscription-interval", wanted: "Yearly" },
  quantity: { path: "/update-line-item-quantity", wanted: "5" },
};

/**
 * Makes one change in both columns, each in its own checkout, with the fault. `onRequests` is called with the requests
 * that have arrived so far.
 */
export async function experiment(fault, { limit, check, mine, columns, onRequests }) {
  const kind = fault.control ?? "plan";
  const { presses = 1, before, during, after } = DRIVES[fault.drive ?? "once"];
  const sides = await open(kind, { limit, check, mine, columns });
  const bySide = (key) => Object.fromEntries(sides.map((side) => [side.side, side[key]]));
  const given = { mine, columns, payers: bySide("payer"), secrets: bySide("secret") };

  async function learn() {
    const [requests, ...truths] = await Promise.all([received(), ...sides.map(({ id }) => truthOf(id))]);
    const own = requests.filter(({ path, headers }) => path === KINDS[kind].path && !isFromAway(headers));
    const arrived = sides.map(({ id, side }) =>
      own.filter(({ session }) => session === id).map((request) => ({ ...request, side })),
    );
    sides.forEach(({ column }, position) => column.learn(truths[position], arrived[position].length));
    onRequests(arrived.flat());
  }

  await mine.ready();
  for (const { id } of sides) await arm(id, fault.server ?? "none");
  await before?.(given);
  const ends = sides.map(async ({ column, press }) => {
    column.start();
    await Promise.all(Array.from({ length: presses }, press));
    // Without a network there is no answer yet; the server is asked again at the end.
    await learn().catch(() => {});
  });
  await Promise.all([during?.(given), ...ends]);
  await after?.(given);
  await mine.calm();
  await learn();
}

/** A fresh checkout for each column, and what a press does there. */
async function open(kind, { limit, check, mine, columns }) {
  const settings = { limitMs: limit };
  // One after the other: the first creates the visitor that both belong to.
  const checkouts = [
    await openCheckout({ cart: "subscription" }, settings),
    await openCheckout({ cart: "subscription" }, settings),
  ];
  if (kind === "quantity") for (const checkout of checkouts) await addNotebook(checkout);
  const [left, right] = checkouts;
  const common = { kind, before: await truthOf(left.actions.getSession().id), wanted: KINDS[kind].wanted };

  mine.begin(left);
  columns.mine.begin({
    ...common,
    session: left.actions.getSession,
    control: () => shownOf(left.actions.getSession(), kind),
    whyLocked: mine.whyLocked,
  });
  const button = document.createElement("button");
  button.setAttribute("aria-checked", "false");
  columns.byHand.begin({
    ...common,
    session: right.actions.getSession,
    control: () => {
      if (kind === "quantity") return shownOf(right.actions.getSession(), kind);
      return button.getAttribute("aria-checked") === "true" ? "Yearly" : "Monthly";
    },
    whyLocked: () => whyClosed(right.actions.getSession()),
  });
  left.sdk.on("change", columns.mine.draw);
  right.sdk.on("change", columns.byHand.draw);

  const byHand = { actions: right.actions, button, tell: columns.byHand.tell, check };
  const presses = {
    mine: () => (kind === "plan" ? mine.changePlan : mine.oneMore)(columns.mine.tell),
    byHand: () => (kind === "plan" ? changePlan : oneMore)(byHand),
  };
  const payers = {
    mine: payer(left, columns.mine, { pay: () => mine.pay(columns.mine.tell), bind: mine.bindWallet }),
    byHand: payer(right, columns.byHand, {
      pay: () => payOnceUpdated(right),
      bind: (element) => bindWallet(element, right.actions),
    }),
  };
  return ["mine", "byHand"].map((side) => ({
    side,
    id: columns[side].id(),
    column: columns[side],
    press: presses[side],
    payer: payers[side],
    secret: (side === "mine" ? left : right).clientSecret,
  }));
}

/** What the customer does to pay in one column; `pay` and `bind` are that column's own code. */
function payer({ sdk, actions, fake }, column, { pay, bind }) {
  let said;
  const read = () => (said = actions.getSession().total.total);
  const paid = async () => column.pay(said, await truthOf(column.id()));
  return {
    pay: async () => {
      read();
      const result = await pay();
      if (result?.type === "success") await paid();
    },
    openWallet: async () => {
      const element = sdk.createExpressCheckoutElement();
      bind(element);
      read();
      await fake.wallet.press();
    },
    approve: async () => {
      const { ended } = await fake.wallet.approve();
      if (ended === "paid") await paid();
    },
  };
}

/** The stepper's item: one notebook is in the order beforehand. */
async function addNotebook({ actions }) {
  const response = await post("/add-cross-sell", {
    checkout_session_id: actions.getSession().id,
    product_id: "notebook",
  });
  if (!response.ok) throw new Error(`the notebook was answered by ${response.status}`);
  await actions.runServerUpdate(() => Promise.resolve());
}

const isFromAway = (headers) => headers.some(([name, value]) => name === "referer" && value.endsWith(AWAY));

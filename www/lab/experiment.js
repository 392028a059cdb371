import { openCheckout } from "../stripe.js";
import { changePlan, oneMore } from "./by-hand.js";
import { shownOf } from "./column.js";
import { arm, post, received, truthOf } from "./server.js";
import { abortNext } from "./trap.js";
import { whyClosed } from "./with-package.js";

const PRESSES = { double: 2, plus: 4 };
const PATHS = { plan: "/change-subscription-interval", quantity: "/update-line-item-quantity" };

/**
 * Makes one change in both columns, each in a checkout of its own, while the fault is there. `learned` is called with
 * the requests that have arrived so far.
 */
export async function experiment(fault, { limit, check, mine, columns, learned }) {
  const kind = fault.control ?? "plan";
  const sides = await open(kind, { limit, check, mine, columns });
  const ids = sides.map(({ column }) => column.id());

  async function learn() {
    const [requests, ...truths] = await Promise.all([received(), ...ids.map(truthOf)]);
    const own = requests.filter(({ path, headers }) => path === PATHS[kind] && !isFromAway(headers));
    sides.forEach(({ column }, side) => {
      column.learn(truths[side], own.filter(({ session }) => session === ids[side]).length);
    });
    learned(
      own.filter(({ session }) => ids.includes(session)).map((one) => ({ ...one, side: ids.indexOf(one.session) })),
    );
  }

  for (const id of ids) await arm(id, fault.server ?? "none");
  const presses = Array.from({ length: PRESSES[fault.drive] ?? 1 });
  const ends = sides.map(async ({ column, press }) => {
    column.start();
    await Promise.all(presses.map(press));
    // Without a network nobody can look yet; at the end it is looked again.
    await learn().catch(() => {});
  });
  if (fault.drive === "trap") await trap(ids[0], mine.updates);
  await Promise.all(ends);
  if (fault.drive === "back") await leave(ids, sides);
  await mine.calm();
  if (fault.drive === "back") columns.package.tell(NOTHING_NEW, null);
  await learn();
}

/** A fresh checkout for each column, and how a press goes there. */
async function open(kind, { limit, check, mine, columns }) {
  const settings = { limitMs: limit, defaultValues: { email: "ada@example.com" } };
  // One after the other: the first makes the visitor that both belong to.
  const checkouts = [await openCheckout("subscription", settings), await openCheckout("subscription", settings)];
  if (kind === "quantity") for (const checkout of checkouts) await addNotebook(checkout);
  const [left, right] = checkouts;
  const before = await truthOf(left.actions.getSession().id);
  const common = { kind, before, wanted: kind === "plan" ? "Yearly" : "5" };

  mine.begin(left);
  columns.package.begin({
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
  left.sdk.on("change", columns.package.draw);
  right.sdk.on("change", columns.byHand.draw);

  const byHand = { actions: right.actions, button, tell: columns.byHand.tell, check };
  return [
    {
      column: columns.package,
      press: () => (kind === "plan" ? mine.changePlan : mine.oneMore)(columns.package.tell),
    },
    { column: columns.byHand, press: () => (kind === "plan" ? changePlan : oneMore)(byHand) },
  ];
}

/** For the control that counts: one notebook, put into the order beforehand. */
async function addNotebook({ actions }) {
  const response = await post("/add-cross-sell", {
    checkout_session_id: actions.getSession().id,
    product_id: "notebook",
  });
  if (!response.ok) throw new Error(`the notebook was answered by ${response.status}`);
  await actions.runServerUpdate(() => Promise.resolve());
}

/** Lets the module abort once the server has the request, by asking it for something. */
async function trap(id, updates) {
  while (!(await received()).some(({ session }) => session === id)) await pause(50);
  if (!abortNext()) throw new NoModule("This page runs without WebAssembly, so there is nothing to trap.");
  updates.metrics();
}

/** Why a fault cannot be made here, in words for who asked for it. */
export class NoModule extends Error {}

const NOTHING_NEW = "Nothing new.";
const AWAY = "/lab/away.html";

const isFromAway = (headers) => headers.some(([name, value]) => name === "referer" && value.endsWith(AWAY));

/** Goes to the page that makes the change undone, and is there again when the browser comes back to this one. */
async function leave(ids, sides) {
  sessionStorage.setItem("away", JSON.stringify(ids));
  sessionStorage.setItem("left", "yes");
  const back = new Promise((resolve) => addEventListener("pageshow", resolve, { once: true }));
  location.assign(AWAY);
  await back;
  sessionStorage.removeItem("left");
  for (const { column } of sides) column.comeBack(NOTHING_NEW, "Monthly");
  // The package hears of it by the same event.
  await pause(0);
}

const pause = (ms) => new Promise((resolve) => void setTimeout(resolve, ms));

import { received, truthOf } from "./server.js";
import { abortNext } from "./trap.js";

/** This fault cannot be run here. The message is shown to the visitor. */
export class CannotRun extends Error {}

/**
 * What the page does in an experiment, apart from one press in each column:
 *
 * - `presses`: how often each column's control is pressed
 * - `before`: called with the experiment before them
 * - `during`: called with the experiment after the presses, and awaited together with them
 * - `after`: called with the experiment once the presses have been answered
 */
export const DRIVES = {
  once: {},
  // The page is loaded again with another policy before the experiment (lab.js).
  noWasm: {},
  double: { presses: 2 },
  plus: { presses: 4 },
  trap: { during: trap },
  back: { after: leave },
  pay: { during: payEarly },
  wallet: { before: openWallets, after: approve },
  reload: { presses: 0, during: reload },
};

/** How long the customer reads after a reload. */
const READING = 6_000;
let frames = [];

/** Presses in a page of each column's own, reloads it once the server has the request, and pays what it then says. */
async function reload({ columns, secrets }) {
  for (const frame of frames) frame.remove();
  frames = [];
  const ends = Object.entries(columns).map(async ([side, column]) => {
    const id = column.id();
    const frame = document.createElement("iframe");
    frame.hidden = true;
    frame.src = `/lab/reload.html?${new URLSearchParams({ side, clientSecret: secrets[side] })}`;
    frames.push(frame);
    const first = await loaded(frame, () => document.body.append(frame));
    first.press();
    while (!(await received()).some(({ session }) => session === id)) await pause(50);
    column.start();
    const page = await loaded(frame, () => frame.contentWindow.location.reload());
    column.reopen(page);
    page.subscribe(column.draw);
    column.tellNothing();
    await pause(READING);
    await page.calm();
    const said = page.session().total.total;
    const result = await page.pay();
    if (result?.type === "success") column.pay(said, await truthOf(id));
  });
  await Promise.all(ends);
}

/** Waits for the page in a frame after this. */
async function loaded(frame, act) {
  const load = new Promise((resolve) => void frame.addEventListener("load", resolve, { once: true }));
  act();
  await load;
  return frame.contentWindow.page;
}

/** Presses Pay in both columns once the server has both requests. */
async function payEarly({ columns, payers }) {
  const ids = Object.values(columns).map((column) => column.id());
  const isUnderWay = (requests) => ids.every((id) => requests.some(({ session }) => session === id));
  while (!isUnderWay(await received())) await pause(50);
  await Promise.all(Object.values(payers).map(({ pay }) => pay()));
}

async function openWallets({ payers }) {
  await Promise.all(Object.values(payers).map(({ openWallet }) => openWallet()));
}

async function approve({ payers }) {
  await Promise.all(Object.values(payers).map(({ approve }) => approve()));
}

/** Aborts the module once the server has the request, by asking the module for something. */
async function trap({ mine, columns }) {
  const id = columns.mine.id();
  while (!(await received()).some(({ session }) => session === id)) await pause(50);
  if (!abortNext()) throw new CannotRun("This page runs without WebAssembly, so there is no module to crash.");
  mine.updates.metrics();
}

/** The page that undoes the change and goes back. */
export const AWAY = "/lab/away.html";

/** Goes to that page, and resolves when the browser is back on this one. */
async function leave({ mine, columns }) {
  const sides = Object.values(columns);
  sessionStorage.setItem("away", JSON.stringify(sides.map((column) => column.id())));
  sessionStorage.setItem("left", "yes");
  const back = new Promise((resolve) => addEventListener("pageshow", resolve, { once: true }));
  location.assign(AWAY);
  await back;
  sessionStorage.removeItem("left");
  for (const column of sides) column.comeBack("Monthly");
  // The package reacts to the same event, after this listener.
  await pause(0);
  await mine.calm();
  columns.mine.tellNothing();
}

const pause = (ms) => new Promise((resolve) => void setTimeout(resolve, ms));

import { received } from "./server.js";
import { abortNext } from "./trap.js";

/** This fault cannot be run here. The message is shown to the visitor. */
export class CannotRun extends Error {}

/**
 * What the page does in an experiment, apart from one press in each column:
 *
 * - `presses`: how often each column's control is pressed
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
};

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

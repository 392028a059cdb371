// Loaded before the package, whose module it wraps.
import "./trap.js";
import { byId, setText } from "../dom.js";
import { announce, clearProblem, showProblem } from "../messages.js";
import { CHECKS } from "./by-hand.js";
import { createColumn } from "./column.js";
import { CannotRun } from "./drives.js";
import { drawDurations } from "./durations.js";
import { experiment } from "./experiment.js";
import { FAULTS, faultOf, FIRST, GROUPS } from "./faults.js";
import { bindMerchant } from "./merchant.js";
import { createRecord } from "./record.js";
import { createResults } from "./results.js";
import { drawSent } from "./sent.js";
import { drawTimeline } from "./timeline.js";
import { createPackage } from "./with-package.js";

const WITHOUT_WASM = "?without=wasm";
const isWithoutWasm = location.search === WITHOUT_WASM;

const form = byId("experiment");
const fault = byId("fault");
let running = false;
let limit = Number(byId("limit").value);

const results = createResults({ facts: (side) => columns[side].facts(), isRunning: () => running });
const columns = { byHand: createColumn(results.draw), mine: createColumn(results.draw) };
const record = createRecord(drawRecord);
const packages = new Map();
const drawMerchant = bindMerchant(() => [...packages.values()].map(({ updates }) => updates.metrics()));

offer();
fault.addEventListener("change", draw);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void runBoth();
  byId("results").scrollIntoView({ block: "nearest" });
});
byId("leave").addEventListener("click", () => sessionStorage.removeItem("away"));
addEventListener("resize", drawRecord);
draw();
begin();

/** Opens with a result, unless the visitor has just come back and the browser did not keep the page. */
function begin() {
  if (!sessionStorage.getItem("left")) return void runBoth();
  sessionStorage.removeItem("left");
  fault.value = "back";
  draw();
  showProblem(
    byId("problem"),
    "This browser did not keep the page when you left it, so there is nothing old on it to compare.",
  );
}

function offer() {
  for (const group of GROUPS) {
    const element = fault.appendChild(document.createElement("optgroup"));
    element.label = group;
    for (const { id, name } of FAULTS.filter((one) => one.group === group)) element.append(new Option(name, id));
  }
  fault.value = isWithoutWasm ? "no_wasm" : FIRST;
}

async function runBoth() {
  const chosen = faultOf(fault.value);
  if (running) return;
  if (chosen.drive === "noWasm" && !isWithoutWasm) return location.assign(`/lab/${WITHOUT_WASM}`);
  running = true;
  clearProblem(byId("problem"));
  draw();
  try {
    limit = Number(byId("limit").value);
    const check = CHECKS[byId("check").value];
    setText(byId("results-heading"), chosen.name);
    await experiment(chosen, { limit, check, mine: packageFor(limit), columns, onRequests: drawSent });
    announce(results.inWords());
  } catch (error) {
    const isKnown = error instanceof CannotRun;
    if (!isKnown) reportError(error);
    showProblem(byId("problem"), isKnown ? error.message : "This could not be run. Please reload the page.");
  }
  running = false;
  draw();
  await drawMerchant();
}

/** One `updates` object for each limit of Stripe.js, kept for the life of the page. */
function packageFor(stripes) {
  const known = packages.get(stripes);
  if (known) return known;
  const created = createPackage(stripes, record, { onChange: results.draw, onCalm: columns.mine.withdraw });
  packages.set(stripes, created);
  return created;
}

function draw() {
  setText(byId("what"), faultOf(fault.value).what);
  byId("press").setAttribute("aria-busy", String(running));
  form.setAttribute("aria-busy", String(running));
  setText(byId("press-label"), running ? "Running…" : "Run both");
  results.draw();
}

function drawRecord() {
  const rows = record.rows();
  drawTimeline(byId("timeline"), rows, limit);
  drawDurations(byId("durations"), rows, record.settled());
}

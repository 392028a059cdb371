// Before the package, whose module it has to know.
import "./trap.js";
import { byId, fromTemplate, setText } from "../dom.js";
import { announce, clearProblem, showProblem } from "../messages.js";
import { CHECKS } from "./by-hand.js";
import { createColumn } from "./column.js";
import { drawDurations } from "./durations.js";
import { experiment, NoModule } from "./experiment.js";
import { FAULTS, faultOf } from "./faults.js";
import { bindMerchant } from "./merchant.js";
import { createRecord } from "./record.js";
import { drawSent } from "./sent.js";
import { drawTimeline } from "./timeline.js";
import { createPackage } from "./with-package.js";

const WITHOUT_WASM = "?without=wasm";
const isWithoutWasm = location.search === WITHOUT_WASM;
const PRESS = "#press";

const form = byId("experiment");
const columns = { package: createColumn(byId("with-package")), byHand: createColumn(byId("by-hand")) };
const record = createRecord(drawRecord);
const packages = new Map();
const drawMerchant = bindMerchant(() => [...packages.values()].map(({ updates }) => updates.metrics()));
let running = false;
let limit = Number(byId("limit").value);

offer();
form.addEventListener("change", draw);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void press(faultOf(new FormData(form).get("fault")));
});
byId("leave").addEventListener("click", () => sessionStorage.removeItem("away"));
addEventListener("resize", drawRecord);
draw();
begin();

/** What brought the visitor here may be a fault of the page itself. */
function begin() {
  if (sessionStorage.getItem("left")) {
    sessionStorage.removeItem("left");
    showProblem(
      byId("problem"),
      "This browser did not keep the page when it was left, so it begins afresh: nothing old is shown.",
    );
  }
  if (isWithoutWasm && location.hash === PRESS) {
    history.replaceState(null, "", WITHOUT_WASM);
    form.requestSubmit();
  }
}

function offer() {
  for (const { id, name } of FAULTS) {
    const label = fromTemplate("fault-template");
    const input = label.querySelector("input");
    input.value = id;
    input.checked = id === (isWithoutWasm ? "no_wasm" : "none");
    setText(label.querySelector("span"), name);
    byId("faults").append(label);
  }
}

async function press(fault) {
  if (running) return;
  if (fault.drive === "noWasm" && !isWithoutWasm) return location.assign(`/lab/${WITHOUT_WASM}${PRESS}`);
  running = true;
  clearProblem(byId("problem"));
  draw();
  try {
    limit = Number(byId("limit").value);
    const check = CHECKS[byId("check").value];
    const mine = packageFor(limit);
    await experiment(fault, { limit, check, mine, columns, learned: drawSent });
    announce(`With the package: ${columns.package.summary()} By hand: ${columns.byHand.summary()}`);
  } catch (error) {
    const isKnown = error instanceof NoModule;
    if (!isKnown) reportError(error);
    showProblem(byId("problem"), isKnown ? error.message : "The experiment could not be made. Please reload the page.");
  }
  running = false;
  draw();
  await drawMerchant();
}

/** One package for each limit of Stripe.js, which holds for as long as the page. */
function packageFor(stripes) {
  if (!packages.has(stripes))
    packages.set(
      stripes,
      createPackage(stripes, record, () => columns.package.draw()),
    );
  return packages.get(stripes);
}

function draw() {
  const fault = faultOf(new FormData(form).get("fault"));
  setText(byId("what"), fault.what);
  setText(byId("press-label"), fault.press ?? "Save with a yearly subscription");
  byId("press").setAttribute("aria-busy", String(running));
  form.setAttribute("aria-busy", String(running));
  setText(byId("hint"), running ? "Under way…" : "In both columns at once, each with an order of its own.");
}

function drawRecord() {
  drawTimeline(byId("timeline"), record.rows(), limit);
  drawDurations(byId("durations"), record.settled());
}

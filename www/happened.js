import { byId, make } from "./dom.js";

/** The panel with the package's metrics. It is drawn only while it is open. */
export function bindHappened({ updates }) {
  const panel = byId("happened");
  const body = byId("happened-body");

  function draw() {
    if (!panel.open) return;
    const { endpoints, failures } = updates.metrics();
    const rows = Object.entries(endpoints).filter(([, counts]) => counts.updates > 0);
    if (rows.length === 0) return body.replaceChildren(make("p", "", "No updates yet."));
    const scroll = make("div", "happened-scroll");
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", "Updates by endpoint");
    scroll.append(table(rows));
    const last = failures.at(-1);
    body.replaceChildren(scroll);
    if (last) body.append(make("p", "", `Last failure: ${last.kind} of ${last.endpoint}, applied: ${last.applied}.`));
  }

  panel.addEventListener("toggle", draw);
  return draw;
}

function table(rows) {
  const element = make("table", "");
  const head = element.createTHead().insertRow();
  for (const name of ["Update", "Done", "Failed", "Median"]) {
    const cell = make("th", "", name);
    cell.scope = "col";
    head.append(cell);
  }
  const body = element.createTBody();
  for (const [name, counts] of rows) {
    const row = body.insertRow();
    const cell = make("th", "", name);
    cell.scope = "row";
    row.append(cell);
    const median = counts.p50 === null ? "–" : `${Math.round(counts.p50)} ms`;
    const failed = Object.values(counts.failures).reduce((sum, count) => sum + count, 0);
    for (const text of [counts.successes, failed, median]) row.insertCell().textContent = String(text);
  }
  return element;
}

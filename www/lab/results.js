import { byId, fromTemplate, make, setText } from "../dom.js";
import { cellOf, ROWS } from "./rows.js";
import { SIDES } from "./sides.js";
import { verdictOf } from "./verdict.js";

const SIGNS = { agrees: "✓", differs: "✕", "in doubt": "?" };
const UNDER_WAY = { verdict: "", text: "under way…" };

/**
 * Draws the verdict and the table of an experiment. `facts` gives the facts of each side by its id, or `null`;
 * `isRunning` whether more of them are to come.
 */
export function createResults({ facts, isRunning }) {
  const lines = SIDES.map(({ name }) => {
    const header = byId("sides").appendChild(make("th", "", name));
    header.scope = "col";
    const line = byId("verdict").appendChild(fromTemplate("verdict-template"));
    setText(line.querySelector(".name"), `${name}:`);
    return line;
  });
  const rows = ROWS.map((row) => {
    const element = byId("facts").appendChild(fromTemplate("fact-template"));
    setText(element.querySelector("th"), row.label);
    element.append(...SIDES.map(() => fromTemplate("cell-template")));
    return { row, element };
  });

  function draw() {
    const known = SIDES.map(({ id }) => facts(id));
    if (known.includes(null)) return;
    byId("results").hidden = false;
    lines.forEach((line, side) => drawLine(line, verdictOf(known[side]) ?? UNDER_WAY));
    for (const { row, element } of rows) {
      const cells = known.map((side) => cellOf(row, side));
      element.hidden = Boolean(row.optional) && cells.every(({ text }) => text === null);
      const missing = isRunning() && !row.optional ? "…" : "";
      cells.forEach((cell, side) => drawCell(element.cells[side + 1], cell, missing));
    }
  }

  return {
    draw,
    /** Both verdicts as one text, for screen readers. */
    inWords: () => lines.map((line) => line.querySelector(".words").textContent).join(" "),
  };
}

function drawLine(line, { verdict, text }) {
  line.dataset.verdict = verdict;
  setText(line.querySelector(".sign"), SIGNS[verdict] ?? "");
  setText(line.querySelector(".said"), text);
}

function drawCell(cell, { text, verdict }, missing) {
  cell.dataset.verdict = verdict;
  setText(cell.querySelector(".fact"), text ?? missing);
  setText(cell.querySelector(".sign"), SIGNS[verdict] ?? "");
  setText(cell.querySelector(".word"), verdict);
}

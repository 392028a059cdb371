import { make } from "../dom.js";
import { asTable, svg, table } from "./svg.js";
import { duration } from "./times.js";

/** The names of an update's parts, in the order of the legend. Each has its own pattern in the style sheet. */
const PARTS = {
  waiting: "waiting for a turn",
  request: "request",
  reading: "reading the answer",
  refresh: "Stripe.js fetches the session",
  later: "fetched again to be sure",
  stale: "in doubt: Pay is locked",
};
const MOST = 6;
const ROW = 62;
const TOP = 8;
const AXIS = 22;
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000];

/** Draws the last updates, each from its press; `limit` is Stripe.js's, in milliseconds. */
export function drawTimeline(place, all, limit) {
  if (all.length === 0) return;
  place.closest("section").hidden = false;
  const rows = all.slice(-MOST).toReversed().map(fromPress);
  const longest = Math.max(...rows.flatMap(({ parts, length }) => [length, ...parts.map(({ end }) => end)]));
  // The limit is drawn only if the rest stays readable next to it.
  const until = longest > limit / 2 ? Math.max(longest, limit) * 1.04 : longest * 1.04;
  const width = Math.max(place.clientWidth, 280);
  const x = (ms) => Math.round((ms / until) * (width - 2) * 10) / 10 + 1;
  const height = TOP + rows.length * ROW + AXIS;

  const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", class: "chart" });
  picture.setAttribute("aria-label", `${rows.map(sentence).join(" ")} The table below has the numbers.`);
  picture.append(patterns(), ...axis(until, x, height, width));
  if (limit < until) {
    picture.append(
      svg("line", { x1: x(limit), x2: x(limit), y1: 0, y2: height - AXIS, class: "limit" }),
      svg(
        "text",
        { x: x(limit) - 6, y: TOP + 6, class: "limit-label", "text-anchor": "end" },
        `Stripe.js's ${limit / 1_000} s`,
      ),
    );
  }
  const isNarrow = width < 480;
  rows.forEach((row, position) => picture.append(...drawRow(row, TOP + position * ROW, x, isNarrow)));
  const beyond = limit < until ? "" : `Stripe.js's limit of ${limit / 1_000} s is beyond the right edge.`;
  const cells = rows.flatMap((row) => row.parts.map((part) => [row.title, named(part), ms(part.start), ms(part.end)]));
  const numbers = table(["Update", "Part", "From", "Until"], cells);
  place.replaceChildren(legend(), picture, make("p", "note", beyond), asTable(place, "The timeline", numbers));
}

/** A row with its times relative to the press. */
function fromPress({ record, press, answeredMs, parts }) {
  let attempt = 0;
  const ofRow = parts.map((part) => ({
    what: part.what,
    start: part.start - press,
    end: part.end - press,
    attempt: part.what === "request" ? (attempt += 1) : null,
  }));
  const said = record.kind ? `${record.kind}, applied: ${record.applied}` : record.outcome;
  const short = record.kind ? `${record.kind}, ${record.applied}` : record.endpoint;
  return { title: `${record.endpoint}: ${said}`, short, length: answeredMs, parts: ofRow };
}

const named = ({ what, attempt }) => (attempt ? `${PARTS[what]} ${attempt}` : PARTS[what]);
const ms = (value) => `${Math.round(value)} ms`;
const sentence = ({ title, length }) => `${title}, after ${duration(length)}.`;

function drawRow({ title, short, length, parts }, top, x, isNarrow) {
  const drawn = [
    svg("text", { x: 1, y: top + 22, class: "row-title" }, `${isNarrow ? short : title}, ${duration(length)}`),
  ];
  for (const { what, start, end, attempt } of parts) {
    const isDoubt = what === "stale";
    const box = {
      x: x(start),
      y: top + (isDoubt ? 50 : 30),
      width: Math.max(x(end) - x(start), 2),
      height: isDoubt ? 6 : 18,
      fill: `url(#part-${what})`,
      class: `part ${what}`,
    };
    drawn.push(svg("rect", box, svg("title", {}, `${named({ what, attempt })}: ${ms(start)} to ${ms(end)}`)));
  }
  return drawn;
}

function axis(until, x, height, width) {
  const step = STEPS.find((one) => until / one <= Math.max(width / 90, 3)) ?? STEPS.at(-1);
  const drawn = [];
  for (let at = 0; at <= until; at += step) {
    const anchor = at === 0 ? "start" : x(at) > width - 40 ? "end" : "middle";
    drawn.push(
      svg("line", { x1: x(at), x2: x(at), y1: 0, y2: height - AXIS, class: "grid" }),
      svg("text", { x: x(at), y: height - 6, class: "tick", "text-anchor": anchor }, duration(at)),
    );
  }
  return drawn;
}

/** The patterns tell the parts apart without colour. */
function patterns() {
  const pattern = (what, ...marks) =>
    svg(
      "pattern",
      { id: `part-${what}`, width: 8, height: 8, patternUnits: "userSpaceOnUse", class: `ink ${what}` },
      svg("rect", { width: 8, height: 8, class: "ground" }),
      ...marks,
    );
  const line = (d) => svg("path", { d, class: "mark" });
  return svg(
    "defs",
    {},
    pattern(
      "waiting",
      svg("circle", { cx: 2, cy: 2, r: 1.2, class: "dot" }),
      svg("circle", { cx: 6, cy: 6, r: 1.2, class: "dot" }),
    ),
    pattern("request", line("M-2 10 10 -2M-2 2 2 -2M6 10 10 6")),
    pattern("reading", line("M0 4H8M4 0V8")),
    pattern("refresh"),
    pattern("later", line("M0 2H8M0 6H8")),
    pattern("stale", line("M2 0V8M6 0V8")),
  );
}

function legend() {
  const list = make("ul", "legend");
  for (const [what, words] of Object.entries(PARTS)) {
    const swatch = svg("svg", { width: 28, height: 14, "aria-hidden": "true" });
    swatch.append(svg("rect", { width: 28, height: 14, fill: `url(#part-${what})`, class: `part ${what}` }));
    const item = make("li", "");
    item.append(swatch, make("span", "", words));
    list.append(item);
  }
  return list;
}

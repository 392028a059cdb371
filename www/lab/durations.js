import { make } from "../dom.js";
import { asTable, svg, table } from "./svg.js";
import { duration, FROM_PRESS } from "./times.js";

/** Upper bounds in milliseconds, the same as those of the server's own histogram. */
const BOUNDS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000];
const HEIGHT = 150;
const FOOT = 38;
const HEAD = 20;

/** The histogram of how long updates took, with p50 and p95, and how often each kind came. */
export function drawDurations(place, rows, settled) {
  if (rows.length === 0) return;
  place.closest("section").hidden = false;
  const sorted = rows.map(({ answeredMs }) => answeredMs).toSorted((one, other) => one - other);
  const [p50, p95] = [0.5, 0.95].map((share) => percentile(sorted, share));
  const bins = BOUNDS.map((bound, bin) => {
    const least = BOUNDS[bin - 1] ?? -1;
    return { bound, count: sorted.filter((ms) => ms > least && ms <= bound).length };
  });

  const said = `${sorted.length === 1 ? "1 update" : `${sorted.length} updates`}. p50 ${duration(p50)}, p95 ${duration(p95)}.`;
  const width = Math.max(place.clientWidth, 280);
  const picture = svg("svg", { width, height: HEIGHT + FOOT, role: "img", class: "chart", "aria-label": said });
  const step = width / bins.length;
  const most = Math.max(...bins.map(({ count }) => count));
  const tall = (count) => (count / most) * (HEIGHT - HEAD);
  bins.forEach(({ bound, count }, bin) => {
    const bar = { x: bin * step + 2, y: HEIGHT - tall(count), width: step - 4, height: tall(count), class: "bar" };
    const middle = { x: (bin + 0.5) * step, "text-anchor": "middle" };
    const marks = [
      ["p50", p50],
      ["p95", p95],
    ]
      .filter(([, ms]) => binOf(ms) === bin)
      .map(([name]) => name);
    picture.append(
      svg("rect", bar),
      svg("text", { ...middle, y: HEIGHT + 14, class: "tick" }, step < 36 && bin % 3 !== 1 ? "" : short(bound)),
      svg("text", { ...middle, y: HEIGHT - tall(count) - 5, class: "count" }, count ? String(count) : ""),
      svg("text", { ...middle, y: HEIGHT + 30, class: "mark-label" }, marks.join(" ")),
    );
  });
  picture.append(svg("line", { x1: 0, x2: width, y1: HEIGHT, y2: HEIGHT, class: "grid" }));

  const kinds = Map.groupBy(settled, ({ outcome, kind }) => kind ?? outcome);
  const words = [...kinds].map(([kind, { length }]) => `${kind} ${length}`).join(", ");
  const numbers = table(
    ["At most", "Updates"],
    bins.filter(({ count }) => count > 0).map(({ bound, count }) => [duration(bound), String(count)]),
  );
  place.replaceChildren(
    make("p", "", said),
    make("p", "note", FROM_PRESS),
    make("p", "note kinds", `By outcome: ${words}.`),
    picture,
    asTable(place, "The durations", numbers),
  );
}

/** The smallest value that this share of the values does not exceed. */
const percentile = (sorted, share) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];

const binOf = (ms) => BOUNDS.findIndex((bound) => ms <= bound);

const short = (ms) => (ms < 1_000 ? `${ms}` : `${ms / 1_000}s`);

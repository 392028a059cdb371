// The tables: what was asked for beside what was measured, and every number with its spread.
import { COVERAGE, POINTS, TITLES } from "./coverage.mjs";

const bytes = (size) => size.toLocaleString("en");
const ms = (value) => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
const micro = (value) => `${(value * 1000).toFixed(0)} µs`;
const times = (value) => `${value.toFixed(3)} ×`;
const kB = (size) => `${(size / 1024).toFixed(0)} kB`;
const within = (format, { median, low, high }) => `${format(median)} (${format(low)} to ${format(high)})`;

const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** Calls of the page; the rest of what was timed is no single call. */
const CALLS = /^(?!32 )/;

/** What issue and contract ask for: title, text of what was measured, goal, whether it is met. */
function goals({ sizes, loading, instant, loopback, soak, blocking }) {
  const size = (name) => sizes.package[name].brotli;
  const more = (cache, name) => loading[cache]["more than axios"][name];
  const [slowest, slow] = Object.entries(blocking.call)
    .filter(([name]) => CALLS.test(name))
    .sort(([, one], [, other]) => other.median - one.median)[0];
  const run = instant["more than hand-written"].run;
  const ratio = loopback["times hand-written"].run;
  const grown = soak.afterAll.wasm - soak.after1000.wasm;
  const heap = soak.afterAll.heap - soak.loaded.heap;
  const left = ["listeners", "timers", "entries"].map((name) => Math.max(0, soak.disposed[name] - soak.loaded[name]));
  const load = (cache, name, title) => [
    `\`import\` of ${title} to ready, ${cache} cache, more than \`import\` of axios`,
    within(ms, more(cache, name)),
    "15 ms",
    more(cache, name).median <= 15,
  ];
  return [
    ["the default entry, module inlined", bytes(size(".")), "36,000", size(".") <= 36_000],
    ["`./react` on top", bytes(size("./react")), "1,500", size("./react") <= 1_500],
    load("cold", ".", "the default entry"),
    load("warm", ".", "the default entry"),
    load("cold", "./slim", "`./slim`"),
    load("warm", "./slim", "`./slim`"),
    ["one update, instant `fetch`, more than hand-written", within(micro, run), "150 µs", run.median <= 0.15],
    ["one update of the demo server, times hand-written", within(times, ratio), "1.05 ×", ratio.median <= 1.05],
    [
      `${bytes(soak.updates)} updates: module's memory after the first 1,000`,
      `${kB(soak.after1000.wasm)}, then ${kB(grown)} more`,
      "no more",
      grown === 0,
    ],
    ["the same: JavaScript heap, more than before", kB(heap), "1,024 kB", heap <= 1_048_576],
    [
      "the same: listeners, timers, performance entries left after `dispose`",
      left.join(", "),
      "none",
      left.every((count) => count === 0),
    ],
    [
      `longest call after loading (\`${slowest}\`), on a page where nothing has run`,
      within(ms, slow),
      "5 ms",
      slow.median <= 5,
    ],
  ];
}

/** The table of the goals. */
export const goalTable = (results) =>
  table(
    ["what", "measured", "at most", "met"],
    goals(results).map(([what, measured, goal, met]) => [what, measured, goal, met ? "yes" : "**no**"]),
  );

function sizeTable({ sizes }) {
  const all = { ...sizes.peers, ...sizes.package };
  const rows = Object.entries(TITLES).map(([name, title]) => {
    const covered = COVERAGE[name];
    const points = covered === POINTS ? `all ${POINTS.length}` : covered.join(", ");
    return [title, bytes(all[name].brotli), bytes(all[name].gzip), bytes(all[name].raw), points];
  });
  return table(["what", "brotli", "gzip", "minified", "points of the contract that it covers by itself"], rows);
}

const spreadTable = (what, format, rows) =>
  table(
    [what, "median", "quartiles", "longest"],
    Object.entries(rows)
      .filter(([, row]) => row.rounds)
      .map(([name, row]) => [
        TITLES[name] ?? `\`${name}\``,
        format(row.median),
        `${format(row.low)} to ${format(row.high)}`,
        format(row.most),
      ]),
  );

const soakTable = ({ soak }) =>
  table(
    ["when", "module's memory", "JavaScript heap", "listeners", "timers", "performance entries"],
    ["loaded", "after1000", "afterAll", "disposed"].map((name, i) => [
      ["loaded", "after 1,000 updates", `after ${bytes(soak.updates)}`, "after `dispose`"][i],
      kB(soak[name].wasm),
      kB(soak[name].heap),
      ...["listeners", "timers", "entries"].map((what) => soak[name][what]),
    ]),
  );

const where = ({ date, machine, instant }) =>
  `Measured on ${date} by \`npm run bench\`: ${machine.cpu}, ${machine.cores} cores, load ${machine.loadBefore} when it ` +
  `began, Chromium ${machine.chromium}, Node ${machine.node}; medians of ${instant.run.rounds} rounds, all in one run, ` +
  `with the quartiles in brackets. Sizes are bytes by brotli at level 11.`;

const POINTS_SECTION = `The points are: ${POINTS.join("; ")}.`;

/** docs/bench.md. */
export const fullPage = (results) => `# Size and speed

<!-- Written by npm run bench. -->

${where(results)} Where the bytes are, and what was tried: [bench/SIZE.md](../bench/SIZE.md).

## The goals

${goalTable(results)}

## Sizes

Each is what a page loads to make one update, bundled and minified by esbuild, all files together. What the libraries leave to the page (\`bench/peers\`) is counted, but does not count as covered. ${POINTS_SECTION}

${sizeTable(results)}

## \`import\` to ready

Over loopback, files compressed by brotli; ready is when an update could be sent.

${spreadTable("cold cache", ms, results.loading.cold)}

${spreadTable("warm cache", ms, results.loading.warm)}

## One update

With a \`fetch\` that answers at once, in batches of 200:

${spreadTable("instant fetch", micro, results.instant)}

Of the demo server, over loopback, in batches of 10, each with an \`Idempotency-Key\`, for which the server has more to do:

${spreadTable("demo server", ms, results.loopback)}

## Many updates

${soakTable(results)}

The page's events are listened to from the first update until \`dispose\`.

## Each call

On a page where nothing has run before, with the seven endpoints of the demo, a \`fetch\` that answers at once, and code that Chromium compiles when it is first called. \`32 at once\` is 32 calls of \`run\` in one task.

${spreadTable("until the call returns", ms, results.blocking.call)}

The same until everything that it leaves in microtasks is done, and whatever else the browser does meanwhile:

${spreadTable("the task", ms, results.blocking.task)}
`;

const BEGIN = "<!-- bench: written by npm run bench -->";
const END = "<!-- /bench -->";

/** The README with its section renewed. */
export function replaceSection(readme, results) {
  const [before, rest] = readme.split(BEGIN);
  if (rest === undefined) throw new Error(`README.md has no ${BEGIN}`);
  const after = rest.slice(rest.indexOf(END));
  return `${before}${BEGIN}\n\n${sizeTable(results)}\n\n${goalTable(results)}\n\n${where(results)}\n\n${after}`;
}

// The tables: each goal with what was measured, and every number with its spread.
import { COVERAGE, POINTS, TITLES } from "./coverage.mjs";
import { FELT, pictureOf } from "./felt-picture.mjs";

const bytes = (size) => size.toLocaleString("en");
const ms = (value) => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
const micro = (value) => `${(value * 1000).toFixed(0)} µs`;
const times = (value) => `${value.toFixed(3)} ×`;
const kB = (size) => `${(size / 1024).toFixed(0)} kB`;
const within = (format, { median, low, high }) => `${format(median)} (${format(low)} to ${format(high)})`;

const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

const whole = (value) => `${value.toFixed(0)} ms`;
/** Milliseconds between two paints at 60 Hz. */
const FRAME = 17;

/** The pages that are opened on a slow phone, and the titles of their pictures. */
const PICTURES = {
  demo: "The demo's checkout, first visit, slow 4G and a slowed processor",
  lab: "The lab, first visit, slow 4G and a slowed processor",
};

/** Calls of the page; the rest of what was timed is no single call. */
const CALLS = /^(?!32 )/;

/** The goals of the project: title, what was measured as text, goal, and whether it is met. */
function goals({ sizes, loading, instant, loopback, soak, blocking, felt }) {
  const size = (name) => sizes.package[name].brotli;
  const more = (cache, name) => loading[cache]["more than axios"][name];
  const [slowest, slow] = Object.entries(blocking.call)
    .filter(([name]) => CALLS.test(name))
    .sort(([, one], [, other]) => other.median - one.median)[0];
  const run = instant["more than hand-written"].run;
  const ratio = loopback["times hand-written"].run;
  const first = blocking.call["the first update"];
  const grown = soak.afterAll.wasm - soak.after1000.wasm;
  const heap = soak.afterAll.heap - soak.loaded.heap;
  const left = ["listeners", "timers", "entries"].map((name) => Math.max(0, soak.disposed[name] - soak.loaded[name]));
  // A delay is more than noise if three quarters of the rounds have it, by more than a frame.
  const later = (page, what, title) => [
    `${title} of the ${page} on a slow phone, later than with \`fetch\` by hand`,
    within(whole, felt[page].later[what]),
    "noise",
    felt[page].later[what].low <= FRAME,
  ];
  const most = (name, title, goal) => [title, bytes(size(name)), bytes(goal), size(name) <= goal];
  const load = (cache, name, title, goal) => [
    `extra load time of ${title} compared with axios, ${cache} cache`,
    within(ms, more(cache, name)),
    `${goal} ms`,
    more(cache, name).median <= goal,
  ];
  return [
    most(".", "size of the default entry with its module", 47_500),
    most("index.js", "the part of it that a page needs to start", 9_000),
    most("./react", "extra size of `./react`", 1_500),
    load("cold", ".", "the default entry", 15),
    load("warm", ".", "the default entry", 15),
    load("cold", "./slim", "`./slim`", 9),
    load("warm", "./slim", "`./slim`", 15),
    [
      "extra time per update compared with `fetch` by hand, instant answer",
      within(micro, run),
      "120 µs",
      run.median <= 0.12,
    ],
    [
      "time per update of the demo server, as a multiple of `fetch` by hand",
      within(times, ratio),
      "1.05 ×",
      ratio.median <= 1.05,
    ],
    ["the module's memory, once loaded", kB(soak.loaded.wasm), "256 kB", soak.loaded.wasm <= 262_144],
    [
      `${bytes(soak.updates)} updates: growth of the module's memory after the first 1,000`,
      kB(grown),
      "none",
      grown === 0,
    ],
    [`${bytes(soak.updates)} updates: growth of the JavaScript heap`, kB(heap), "1,024 kB", heap <= 1_048_576],
    [
      `${bytes(soak.updates)} updates: listeners, timers and performance entries left after \`dispose\``,
      left.join(", "),
      "one listener, of the second clock's signal",
      left.every((count, position) => count <= (position === 0 ? 1 : 0)),
    ],
    ["the first update on a fresh page, until the call returns", within(ms, first), "3 ms", first.median <= 3],
    ...Object.keys(PICTURES).flatMap((page) => [
      later(page, "paint", "first paint"),
      later(page, "stripe", "Stripe.js loaded"),
    ]),
    [`longest call after loading (\`${slowest}\`), on a fresh page`, within(ms, slow), "5 ms", slow.median <= 5],
  ];
}

/** The table of the goals. */
export const goalTable = (results) =>
  table(
    ["goal", "measured", "at most", "met"],
    goals(results).map(([what, measured, goal, met]) => [what, measured, goal, met ? "yes" : "**no**"]),
  );

function sizeTable({ sizes }) {
  const all = { ...sizes.peers, ...sizes.package };
  const rows = Object.entries(TITLES).map(([name, title]) => {
    const covered = COVERAGE[name];
    const points = covered === POINTS ? `all ${POINTS.length}` : covered.join(", ");
    const { brotli, gzip, raw } = all[name];
    return [title, bytes(brotli), `${(all["."].brotli / brotli).toFixed(1)} ×`, bytes(gzip), bytes(raw), points];
  });
  const head = ["page", "brotli", "the default entry is", "gzip", "minified", "points of the contract that it covers"];
  return table(head, rows);
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

function feltTable({ senders, later }) {
  const rows = Object.entries(senders).map(([name, row]) => [
    TITLES[name],
    ...Object.keys(FELT).map((what) => within(whole, row[what])),
    within(whole, row.blocked),
  ]);
  const difference = [...Object.keys(FELT), "blocked"].map((what) => within(whole, later[what]));
  rows.push(["the package, later than by hand", ...difference]);
  return table(["with", ...Object.values(FELT).map(({ title }) => title), "blocked"], rows);
}

const feltSection = ({ felt }) =>
  Object.entries(PICTURES)
    .map(([page, title]) => `![${title}](felt-${page}.svg)\n\n${feltTable(felt[page])}`)
    .join("\n\n");

/** The pictures of docs/bench.md, by file. */
export const pictures = ({ felt }) =>
  Object.fromEntries(
    Object.entries(PICTURES).map(([page, title]) => [`felt-${page}.svg`, pictureOf(title, felt[page].senders)]),
  );

const where = ({ date, machine, instant }) =>
  `Measured on ${date} by \`npm run bench\`: ${machine.cpu}, ${machine.cores} cores, load ${machine.loadBefore} at the ` +
  `start, Chromium ${machine.chromium}, Node ${machine.node}. Times are medians of ${instant.run.rounds} rounds of one ` +
  `run, with quartiles in brackets. Sizes are bytes after brotli at level 11.`;

const POINTS_SECTION = `The points are: ${POINTS.join("; ")}.`;

/** docs/bench.md. */
export const fullPage = (results) => `# Size and speed

<!-- Written by npm run bench. -->

${where(results)} [Where the bytes are](../bench/SIZE.md) has the parts and the attempts to make them smaller.

## The goals

${goalTable(results)}

## Sizes

Each row is the whole code that a page loads to make one update, bundled and minified by esbuild. If a library leaves code to the page (\`bench/peers\`), the size includes that code, but the list of points does not include what it covers. ${POINTS_SECTION}

The minimal Rust update is \`bench/floor\`: one request by gloo-net, a deadline, and failures by serde-wasm-bindgen, with the crates of the package's module. It is built twice, to show how much the build flags save.

${sizeTable(results)}

## Loading

The time from \`import\` until an update can be sent, over loopback, with files compressed by brotli.

${spreadTable("cold cache", ms, results.loading.cold)}

${spreadTable("warm cache", ms, results.loading.warm)}

## What a customer feels

The demo's checkout and the lab, opened for the first time in Chromium with a processor slowed down 4 times and a network with 150 ms of latency, 1.6 Mbit/s down and 0.75 Mbit/s up; and the same pages with a hand-written sender or axios in place of the package. Milliseconds from the start of the navigation, medians of ${results.felt.demo.later.paint.rounds} rounds, the differences taken within each round.

- First paint: the browser's first contentful paint.
- Stripe.js loaded: the last byte of the demo's stand-in for Stripe.js has arrived.
- An update can be sent: the package's module is instantiated; without the package, its sender is there.
- Interactive: the first control responds (Pay is enabled; in the lab, the faults can be chosen), and no task of more than 50 ms begins in the next 500 ms.
- Blocked: what tasks took beyond 50 ms each, from the first paint until then.

The lab makes an update as soon as it opens, and its tasks count. A delay of the first paint or of Stripe.js is more than noise if three quarters of the rounds have it, by more than a frame (17 ms). That nothing of the package can hold up either is a test as well: \`tests/e2e/demo/loading.spec.ts\` keeps the package back and waits for both.

${feltSection(results)}

## One update

With a \`fetch\` that answers instantly, in batches of 200:

${spreadTable("instant answer", micro, results.instant)}

With the demo server, over loopback, in batches of 10. Each request has an \`Idempotency-Key\`, so the server has more to do than without:

${spreadTable("demo server", ms, results.loopback)}

## Many updates

${soakTable(results)}

The package adds its listeners for events of the page with the first update. \`dispose\` removes them, except those in the last row.

## Each call

On a fresh page, with the seven endpoints of the demo and a \`fetch\` that answers instantly. The times include compiling, because Chromium compiles code on its first call. \`32 at once\` is 32 calls of \`run\` in one task.

${spreadTable("until the call returns", ms, results.blocking.call)}

Until the task and its microtasks are done, including anything else that the browser does meanwhile:

${spreadTable("the task", ms, results.blocking.task)}
`;

const BEGIN = "<!-- bench: written by npm run bench -->";
const END = "<!-- /bench -->";

/** The three figures that decide: the cost in bytes, in load time and for each click. */
function decisionTable({ sizes, loading, instant }) {
  const size = (name) => `${bytes((sizes.package[name] ?? sizes.peers[name]).brotli)} bytes`;
  return table(
    ["cost", "measured"],
    [
      ["Download, brotli", `${size(".")} (axios: ${size("axios")}, ky: ${size("ky")})`],
      ["Extra load time compared with axios, cold cache", within(ms, loading.cold["more than axios"]["."])],
      ["Extra time per update compared with `fetch` by hand", within(micro, instant["more than hand-written"].run)],
    ],
  );
}

/** The README with its section renewed. */
export function replaceSection(readme, results) {
  const [before, rest] = readme.split(BEGIN);
  if (rest === undefined) throw new Error(`README.md has no ${BEGIN}`);
  const after = rest.slice(rest.indexOf(END));
  const source = `Medians with quartiles, measured on ${results.date} by \`npm run bench\`.`;
  return `${before}${BEGIN}\n\n${decisionTable(results)}\n\n${source}\n\n${after}`;
}

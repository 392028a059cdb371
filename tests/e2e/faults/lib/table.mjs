// docs/faults.md, made from the table and what was measured.
import { groups } from "../faults.mjs";

const HEAD = `# What goes wrong, and what the page is told

Every row is a test: a server with real sockets does to an update from a real page what the row says, in three engines,
and then reports what it received and whether it made the change. "Applied" is that of the failure, and never
contradicts the server. Rows with "unknown" are run with a server that made the change and with one that did not.

The deadline is {short} ms in rows that reach it, to keep the tests quick; by default it is 19,500 ms. Times are those
of one run. If a browser differs from the columns, its own column says how. Written by \`node tests/e2e/faults/faults.test.mjs --write\`; without \`--write\` the command checks this page.
`;

const kindOf = ({ kind }) => (kind === "success" ? "success" : `\`${kind}\``);
const listed = (names) => new Intl.ListFormat("en-GB").format(names);

/** What else a page does to an update. The tests are named as they are, since they are run with the contract. */
const PAGE = [
  [
    "A wrapper of `fetch` spreads, assigns, copies or walks `init.headers`",
    "`init.headers` is a plain record, so every header arrives",
    'contract/wrappers: "a wrapper of fetch that … headers"',
  ],
  [
    "A polyfill takes the place of `fetch`",
    "It gets a string and plain values",
    'hostile: "whatwg-fetch in fetch\'s place"',
  ],
  [
    "A wrapper of `fetch` reads or cancels the body",
    "`bad_response`, unknown",
    'contract/wrappers: "a body that a wrapper … is no yes"',
  ],
  [
    "A wrapper of `fetch` rejects with the answer, or with an error that has it",
    "Judged as that answer",
    'contract/pages: "fetch rejects with …"',
  ],
  [
    "The `fetch` option returns only `ok`, `json()`, `data` or a status",
    "Judged by what is there",
    'contract/pages: "fetch gives a stand-in with …"',
  ],
  [
    "A script adds members to `Object.prototype`",
    "Only own members of an answer count",
    'contract/wrappers: "a member that a page has given to every object"',
  ],
  [
    "A script clears every timer",
    "The deadline holds, by `AbortSignal.timeout`. WebKit clears that timer too: there it ends at the page's next event",
    'contract/wrappers: "the deadline holds where a script clears every timer"',
  ],
  [
    "`Date.now` returns NaN, a text or a BigInt",
    "The clock is left out; the deadline holds",
    'contract/wrappers: "the deadline holds where the wall clock gives …"',
  ],
  [
    "A clock throws before the module is loaded",
    "It is left out; nothing rejects or hangs",
    'unit/facade-waiting: "a clock of … that is broken"',
  ],
  [
    "A `<base>` points to another origin",
    "Paths still go to the page's own origin",
    "contract/requests: `a <base> cannot move an endpoint`",
  ],
  [
    "A `<base>` points to another origin, and the page sends reports",
    "Reports still go to the page's own origin",
    'contract/metrics: "a <base> cannot move a report"',
  ],
  [
    "The page calls `document.open()`, which removes every listener",
    "The next update listens to the page's events again",
    'contract/stale: "after document.open() …"',
  ],
  [
    "The page asks for full referrers",
    "`referrerPolicy` is `same-origin`; for another origin `strict-origin`",
    "browser/request.rs: `another_origin_gets_neither_cookies_nor_token…`",
  ],
  [
    "A CSRF token function returns null or a number",
    "`callback_failed`, no; `detail` says what it returned",
    'contract/requests: "a CSRF token that is no text"',
  ],
  [
    "An `AbortController` is passed as `signal`",
    "`invalid_intent`, no; `run` does not reject",
    'contract/pages: "an AbortController in place of its signal"',
  ],
  [
    "A failure is cloned, or a record of `metrics()` is changed",
    "It can be cloned; the failure keeps its own record",
    'contract/pages: "a failure can be cloned"',
  ],
  [
    "An error of axios, ky, ofetch, superagent, wretch, jQuery or Angular is thrown in `wrap`",
    "Judged as the answer that it has",
    'contract/pages: "wrap keeps the word of …"',
  ],
  [
    "A stand-in server is created inside another",
    "Closing the inner one gives requests back to the outer one",
    'unit/testing/server: "closing the inner one"',
  ],
];

/** The text of the page. `times` has the milliseconds of each row by browser, `versions` what ran. */
export function render({ browsers, versions, times, deadline }) {
  const lines = [
    HEAD.replace("{short}", String(deadline)),
    `Measured in ${listed(browsers.map((b) => `${b} ${versions[b]}`))}.`,
  ];
  for (const { title, rows } of groups) {
    lines.push("", `## ${title}`, "");
    const cells = rows.map((row) => [
      row.fault,
      kindOf(row),
      row.applied,
      row.settles,
      ...browsers.map((browser) => {
        const own = row.inBrowser?.[browser];
        return `${own ? `${kindOf(own)}, ${own.applied}, ` : ""}${Math.round(times[browser].get(row))} ms`;
      }),
    ]);
    lines.push(...table([["Fault", "Kind", "Applied", "Settles", ...browsers], ...cells]));
  }
  lines.push(
    "",
    "## What a page does to updates",
    "",
    "The tests are in `tests/e2e`, or elsewhere in `tests` if the first word says so.",
    "",
  );
  lines.push(...table([["What happens", "What the package does", "Test"], ...PAGE]));
  return `${lines.join("\n")}\n`;
}

/** Columns are padded as Prettier pads them. */
function table([head, ...rows]) {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => [...row[column]].length)));
  const line = (row) =>
    `| ${row.map((cell, column) => cell + " ".repeat(widths[column] - [...cell].length)).join(" | ")} |`;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.map(line)];
}

/** The lines that only one of two texts has, leaving out what differs from run to run. */
export function difference(committed, seen) {
  const [old, now] = [timeless(committed), timeless(seen)];
  const only = (sign, lines, others) => lines.filter((line) => !others.includes(line)).map((line) => sign + line);
  return [...only("- ", old, now), ...only("+ ", now, old)];
}

/** All but times, the padding that follows from them, and versions. */
function timeless(text) {
  return text
    .replace(/^Measured in .*$/m, "")
    .replace(/ +\d+ ms +(?=\|)/g, " ms ")
    .replace(/ +\|/g, " |")
    .replace(/-{3,}/g, "---")
    .split("\n");
}

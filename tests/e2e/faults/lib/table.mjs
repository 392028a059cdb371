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

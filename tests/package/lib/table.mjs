// The table of what was run and when, in docs/bundlers.md.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../../../scripts/lib/run.mjs";

const FILE = join(root, "docs", "bundlers.md");
const [BEGIN, END] = ["<!-- table: written by tests/package/run.mjs -->", "<!-- end of the table -->"];

/** Puts the results between the two marks. */
export async function writeTable(results, { browser }) {
  const today = new Date().toISOString().slice(0, 10);
  const rows = results.map(({ title, version, seconds }) => `| ${title} | ${version} | ${seconds.toFixed(1)} s |`);
  const table = [
    `Run on ${today} with Node ${process.versions.node} and Chromium ${browser}.`,
    "",
    "| project | version | took |",
    "| --- | --- | --- |",
    ...rows,
  ];
  const text = readFileSync(FILE, "utf8");
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`${FILE} has no place for the table`);
  writeFileSync(FILE, `${text.slice(0, before)}${BEGIN}\n\n${table.join("\n")}\n\n${text.slice(after)}`);
  await run(join(root, "node_modules", ".bin", "prettier"), ["--write", FILE], { quiet: true });
}

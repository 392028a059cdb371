// One test for each row of faults.mjs in each browser, then docs/faults.md.
//   node tests/e2e/faults/faults.test.mjs            checks docs/faults.md in everything but times
//   node tests/e2e/faults/faults.test.mjs --write    writes it
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { groups, SHORT_DEADLINE } from "./faults.mjs";
import { ALL_BROWSERS, BROWSERS, openPage } from "./lib/browsers.mjs";
import { runRow } from "./lib/rows.mjs";
import { buildServer, root, startServer } from "./lib/server.mjs";
import { difference, render } from "./lib/table.mjs";
import { sendingTests } from "./sending.mjs";

const program = buildServer();
const times = Object.fromEntries(BROWSERS.map((browser) => [browser, new Map()]));
const versions = {};
const all = groups.flatMap((group) => group.rows);

// Browsers beside each other, rows of one browser one after the other: times would mean little otherwise.
describe("faults", { concurrency: BROWSERS.length }, () => {
  for (const browser of BROWSERS) {
    describe(browser, { concurrency: 1 }, () => {
      const it = { browser };
      before(async () => {
        it.server = await startServer(program);
        it.page = await openPage(browser, it.server.url);
        versions[browser] = await it.page.version();
      });
      after(async () => {
        await it.page?.close();
        await it.server?.stop();
      });
      for (const { title, rows } of groups) {
        describe(title, () => {
          for (const row of rows) {
            test(`${browser}: ${row.fault}`, { timeout: 30_000 }, async () => {
              times[browser].set(row, await runRow(row, it));
            });
          }
        });
      }
      describe("sending", () => sendingTests(browser, it));
    });
  }
});

// The page tells of every browser.
if (BROWSERS.length === ALL_BROWSERS.length) {
  test("docs/faults.md says what was seen", async () => {
    for (const browser of BROWSERS) assert.equal(times[browser].size, all.length, `${browser}: rows that passed`);
    const file = join(root, "docs", "faults.md");
    const text = render({ browsers: BROWSERS, versions, times, deadline: SHORT_DEADLINE });
    if (process.argv.includes("--write")) await writeFile(file, text);
    const committed = await readFile(file, "utf8");
    assert.deepEqual(difference(committed, text), [], "docs/faults.md is not what was seen: run this with --write");
  });
}

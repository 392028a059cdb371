// The contract, rule by rule, in real browsers on the built package: each rule on a page of its own.
//   node --test tests/e2e/contract/contract.test.mjs
//   CONTRACT=signal node --test …      only the rules whose name has this text
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { BROWSERS, openPage } from "../faults/lib/browsers.mjs";
import { buildServer, packageFolder, startServer } from "../faults/lib/server.mjs";
import { load } from "./page/rules/index.js";
import { KINDS } from "./page/rules/kinds.js";

const program = buildServer();
const wanted = process.env.CONTRACT ?? "";

const folders = {
  "/": fileURLToPath(new URL("page", import.meta.url)),
  "/dist": packageFolder("dist"),
  "/copy": packageFolder("dist"),
  "/dist-trap": packageFolder("dist-trap"),
  "/copy-trap": packageFolder("dist-trap"),
};

const groups = (await load()).map(({ group, title, rules }) => ({
  title,
  rules: Object.entries(rules)
    .map(([rule, { page }]) => ({ id: `${group}/${rule}`, group, rule, page }))
    .filter(({ id }) => id.includes(wanted)),
}));
const all = groups.flatMap(({ rules }) => rules).map((rule, number) => ({ ...rule, number }));

test("no kind of failure is without its rule", async () => {
  const types = await readFile(new URL("../../../js/types.ts", import.meta.url), "utf8");
  const [, union] = /export type FailureKind =([^;]+);/.exec(types);
  const declared = [...union.matchAll(/"(\w+)"/g)].map(([, kind]) => kind);
  assert.deepEqual(KINDS.map(({ kind }) => kind).sort(), declared.sort());
});

describe("the contract", { concurrency: BROWSERS.length }, () => {
  for (const browser of BROWSERS) {
    describe(browser, { concurrency: 1 }, () => {
      const it = {};
      before(async () => {
        it.server = await startServer(program, folders);
        it.page = await openPage(browser, it.server.url, "contract");
        await it.page.call("start", all);
      });
      after(async () => {
        await it.page?.close();
        await it.server?.stop();
      });
      for (const { title, rules } of groups) {
        describe(title, () => {
          for (const { id, rule } of rules) {
            // The page gives each rule its time; this is for a browser that has died.
            test(`${browser}: ${rule}`, { timeout: 60_000 }, async () => {
              const wrong = await it.page.call("result", id);
              if (wrong) throw Object.assign(new Error(wrong), { stack: wrong });
            });
          }
        });
      }
      // The last: it leaves the page that the rules run on.
      test(`${browser}: a page from the browser's own back/forward cache is stale, and refreshes`, async () => {
        const { driver } = it.page;
        const call = (method) => driver.executeScript("return globalThis.back[arguments[0]]()", method);
        const leaveAndComeBack = async () => {
          await driver.get(`${it.server.url}/back.html`);
          await driver.wait(() => driver.executeScript("return globalThis.back !== undefined"), 20_000);
          assert.equal(await call("run"), "success");
          await driver.get(`${it.server.url}/ports`);
          await driver.navigate().back();
          await driver.wait(() => driver.executeScript("return globalThis.back !== undefined"), 20_000);
          return call("told");
        };
        // Which pages are kept is the browser's to decide; a page that was loaded again has made no call.
        let told = await leaveAndComeBack();
        for (let again = 0; told.calls === 0 && again < 5; again++) told = await leaveAndComeBack();
        assert.deepEqual(told, {
          seen: [
            ["pagehide", true],
            ["pageshow", true],
            ["stale", true],
            ["stale", false],
          ],
          stale: false,
          calls: 2,
        });
      });
    });
  }
});

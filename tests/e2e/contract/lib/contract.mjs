// Runs the rules in both browsers.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { BROWSERS, openPage } from "../../faults/lib/browsers.mjs";
import { buildServer, packageFolder, startServer } from "../../faults/lib/server.mjs";
import { load } from "../page/rules/index.js";

const wanted = process.env.CONTRACT ?? "";

const folders = {
  "/": fileURLToPath(new URL("../page", import.meta.url)),
  "/dist": packageFolder("dist"),
  "/copy": packageFolder("dist"),
  "/dist-trap": packageFolder("dist-trap"),
  "/copy-trap": packageFolder("dist-trap"),
};

const loaded = await load();

/** The rules on pages with these parameters, but for those that ask for another value of one. */
function rulesFor(page) {
  const groups = loaded.map(({ group, title, rules }) => ({
    title,
    rules: Object.entries(rules)
      .map(([rule, { page: own = {} }]) => ({ id: `${group}/${rule}`, group, rule, page: { ...page, ...own } }))
      .filter((rule) => Object.entries(page).every(([name, value]) => rule.page[name] === value))
      .filter(({ id }) => id.includes(wanted)),
  }));
  return { groups, all: groups.flatMap(({ rules }) => rules).map((rule, number) => ({ ...rule, number })) };
}

/** Declares the tests: each rule in each browser, on pages with these parameters. */
export function checkContract(title, page = {}) {
  const program = buildServer();
  const { groups, all } = rulesFor(page);

  describe(title, { concurrency: BROWSERS.length }, () => {
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
            await driver.get(`${it.server.url}/back.html?${new URLSearchParams(page)}`);
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
}

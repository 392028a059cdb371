// Runs the rules in both browsers.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { BROWSERS } from "../../faults/lib/browsers.mjs";
import { buildServer, packageFolder, startServer } from "../../faults/lib/server.mjs";
import { load } from "../page/rules/index.js";
import { Browser } from "./rules.mjs";

const wanted = process.env.CONTRACT ?? "";

const folders = {
  "/": fileURLToPath(new URL("../page", import.meta.url)),
  "/dist": packageFolder("dist"),
  "/copy": packageFolder("dist"),
  "/dist-trap": packageFolder("dist-trap"),
  "/copy-trap": packageFolder("dist-trap"),
  "/zone": packageFolder("node_modules/zone.js/bundles"),
};

const loaded = await load();

/** The rules of these groups on pages with these parameters, but for those that ask for another value of one. */
function rulesFor(page, only) {
  const groups = loaded
    .filter(({ group }) => only?.includes(group) ?? true)
    .map(({ group, title, rules }) => ({
      title,
      rules: Object.entries(rules)
        .map(([rule, { page: own = {} }]) => ({ id: `${group}/${rule}`, group, rule, page: { ...page, ...own } }))
        .filter((rule) => Object.entries(page).every(([name, value]) => rule.page[name] === value))
        .filter(({ id }) => id.includes(wanted)),
    }));
  return { groups, all: groups.flatMap(({ rules }) => rules).map((rule, number) => ({ ...rule, number })) };
}

/** Declares the tests: each rule in each browser, on pages with these parameters; or the rules of these groups alone. */
export function checkContract(title, page = {}, only = null) {
  const program = buildServer();
  const { groups, all } = rulesFor(page, only);

  describe(title, { concurrency: BROWSERS.length }, () => {
    for (const browser of BROWSERS) {
      describe(browser, { concurrency: 1 }, () => {
        const it = {};
        before(async () => {
          it.server = await startServer(program, folders);
          it.browser = new Browser(browser, it.server.url, all);
          it.browser.start();
        });
        after(async () => {
          await it.browser?.close();
          await it.server?.stop();
        });
        for (const { title, rules } of groups) {
          describe(title, () => {
            for (const { id, rule } of rules) {
              // The page gives each rule its time; this is for a browser that has died and is opened again.
              test(`${browser}: ${rule}`, { timeout: 240_000 }, async () => {
                const wrong = await it.browser.result(id);
                if (wrong) throw Object.assign(new Error(wrong), { stack: wrong });
              });
            }
          });
        }
        // The last: they leave the page that the rules run on.
        const last = (name, check) => void test(`${browser}: ${name}`, () => it.browser.attempt(name, check));
        if (!only) {
          for (const early of ["", "early"]) {
            const listener = early ? ", after a listener of the page's own" : "";
            last(`a customer who leaves is no failure${listener}`, async (driver, attempt) => {
              const call = (method, ...given) =>
                driver.executeScript("return globalThis.leave[arguments[0]](...arguments[1])", method, given);
              const open = async () => {
                await driver.get(`${it.server.url}/leave.html?${new URLSearchParams({ ...page, early })}`);
                await driver.wait(() => driver.executeScript("return globalThis.leave !== undefined"), 60_000);
              };
              const key = `leave-${early}-${attempt}`;
              await open();
              await call(
                "start",
                `/fault/success?id=${key}-1`,
                `/fault/silent?id=${key}`,
                `/fault/no-content?id=${key}-news`,
              );
              await it.server.wait({ key, count: 2 });
              await driver.executeScript("location.assign('/ports')");
              const { requests } = await it.server.wait({ key: `${key}-news`, count: 1 });
              await open();
              const { updates, failures } = JSON.parse(requests[0].body).endpoints.lost;
              assert.deepEqual([requests.length, updates, failures], [1, 1, {}], "the report has the success alone");
              const told = await call("told");
              const wrong = told.filter((line) => !/^(settled cancelled cancelled|ended cancelled left)$/.test(line));
              assert.deepEqual(wrong, ["settled success null"]);
            });
          }
          last("a page from the browser's own back/forward cache is stale, and refreshes", async (driver) => {
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
        }
        if (!page.policy && !only) {
          last("a page by file: has no origin, so nothing is sent", async (driver) => {
            await driver.get(pathToFileURL(fileURLToPath(new URL("../page/file.html", import.meta.url))).href);
            const told = await driver.executeScript(`
              const fetched = [];
              globalThis.fetch = (url) => (fetched.push(String(url)), Promise.reject(new TypeError("refused")));
              const { createUpdates, endpoint } = CheckoutUpdates;
              const gift = endpoint("/gift", {});
              const updates = createUpdates({ session: () => "cs_test_file", endpoints: { gift } });
              return updates.request("gift", {})().then(
                () => ["success"],
                ({ kind, applied, attempts }) => [kind, applied, attempts, fetched.length],
              );
            `);
            assert.deepEqual(told, ["unavailable", "no", 0, 0]);
          });
        }
        test(`${browser}: the browser did not die too often`, (t) => {
          const { deaths, isLost } = it.browser;
          for (const running of deaths)
            t.diagnostic(`${browser} died while this ran: ${running.join(", ") || "no rule"}`);
          assert.ok(!isLost, `it died ${deaths.length} times`);
        });
      });
    }
  });
}

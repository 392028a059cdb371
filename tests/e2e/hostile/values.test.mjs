// Values that no page should pass, by seed, in every place that takes one.
//   HOSTILE=100000 node --test tests/e2e/hostile/values.test.mjs      how many in each browser
//   HOSTILE_SEED=1234 HOSTILE=1 node --test …                         one of them again
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { BROWSERS, openPage } from "../faults/lib/browsers.mjs";
import { buildServer, packageFolder, startServer } from "../faults/lib/server.mjs";

const COUNT = Number(process.env.HOSTILE ?? 1_000);
const FIRST = Number(process.env.HOSTILE_SEED ?? 1);
const BESIDE = 100;
/** A page lives for so many: a customer does not make more, and what the browser keeps for the console stays small. */
const A_PAGE = 5_000;

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));
const folders = {
  "/": folder("page"),
  "/lib": folder("../contract/page/lib"),
  "/support": folder("../support"),
  "/dist": packageFolder("dist"),
};
const program = buildServer();

for (const browser of BROWSERS) {
  test(`${browser}: ${COUNT} hostile values`, async (context) => {
    const server = await startServer(program, folders);
    const page = await openPage(browser, `${server.url}/?clock`, "hostile");
    try {
      const kinds = {};
      const wrong = [];
      let sent = 0;
      for (let done = 0; done < COUNT && wrong.length < 20; done += BESIDE) {
        if (done > 0 && done % A_PAGE === 0) await page.open();
        await page.call("begin", { first: FIRST + done, count: Math.min(BESIDE, COUNT - done) });
        const told = await page.driver.wait(() => page.call("told"), 60_000, "no cases came to their end", 20);
        wrong.push(...told.wrong);
        sent += told.sent;
        for (const [kind, count] of Object.entries(told.kinds)) kinds[kind] = (kinds[kind] ?? 0) + count;
      }
      context.diagnostic(`${browser}: ${sent} requests; ${JSON.stringify(kinds)}`);
      assert.deepEqual(wrong, [], "each seed that went wrong");
      assert.ok(sent > COUNT / 10, "hostile values that are refused at once prove little");
    } finally {
      await page.close();
      await server.stop();
    }
  });
}

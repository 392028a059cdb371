// What a customer does, on pages whose other scripts have changed the platform's own objects.
//   HOSTILE_EVERY=1 node --test tests/e2e/hostile/pages.test.mjs      every damage, not one in so many
//   HOSTILE_ONLY=Map.prototype node --test …                          every damage of this name
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { BROWSERS, openPage } from "../faults/lib/browsers.mjs";
import { buildServer, packageFolder, startServer } from "../faults/lib/server.mjs";
import { LIBRARIES, writeLibraries } from "./libraries.mjs";

const ONLY = process.env.HOSTILE_ONLY ?? "";
const EVERY = Number(process.env.HOSTILE_EVERY ?? (ONLY ? 1 : 73));
/** How many are tried before the test hears of them. */
const BESIDE = 10;

const program = buildServer();
const folders = {
  "/": fileURLToPath(new URL("page", import.meta.url)),
  "/dist": packageFolder("dist"),
  "/libraries": await writeLibraries(),
};

for (const browser of BROWSERS) {
  test(`${browser}: hostile pages`, async (context) => {
    const server = await startServer(program, folders);
    const page = await openPage(browser, `${server.url}/pages.html`, "pages");
    try {
      for (const { name, scripts } of LIBRARIES) {
        await context.test(`${browser}: ${name}`, async () => {
          assert.deepEqual(await page.call("withLibrary", { scripts }), []);
        });
      }
      const all = await page.call("named", ONLY);
      const chosen = all.filter((_, index) => index % EVERY === 0);
      await context.test(`${browser}: ${chosen.length} of ${all.length} damages`, async () => {
        const wrong = [];
        for (let done = 0; done < chosen.length && wrong.length < 40; done += BESIDE) {
          wrong.push(...(await page.call("damaged", chosen.slice(done, done + BESIDE))));
        }
        assert.deepEqual(wrong, []);
      });
    } finally {
      await page.close();
      await server.stop();
    }
  });
}

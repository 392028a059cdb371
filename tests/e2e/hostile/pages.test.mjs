// What a customer does, on pages whose other scripts have changed the platform's own objects.
//   HOSTILE_EVERY=1 node --test tests/e2e/hostile/pages.test.mjs      every damage, not one in so many
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { BROWSERS, openPage } from "../faults/lib/browsers.mjs";
import { buildServer, packageFolder, startServer } from "../faults/lib/server.mjs";
import { LIBRARIES, writeLibraries } from "./libraries.mjs";

const EVERY = Number(process.env.HOSTILE_EVERY ?? 37);
const BESIDE = 20;

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
      const count = await page.call("count");
      await context.test(`${browser}: ${Math.ceil(count / EVERY)} of ${count} damages`, async () => {
        const wrong = [];
        for (let first = 0; first < count && wrong.length < 40; first += EVERY === 1 ? BESIDE : EVERY) {
          const order = { first, count: EVERY === 1 ? BESIDE : 1 };
          wrong.push(...(await page.call("damaged", order)));
        }
        assert.deepEqual(wrong, []);
      });
    } finally {
      await page.close();
      await server.stop();
    }
  });
}

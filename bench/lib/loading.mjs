// `import` until an update could be sent, with an empty and with a warm cache.
import { withPage } from "./browser.mjs";

const KINDS = {
  "hand-written": "/hand-written/page.js",
  axios: "/axios/page.js",
  ".": "/default/page.js",
  "./slim": "/slim/page.js",
};

/** Milliseconds, in the page. */
async function importToReady(url) {
  const start = performance.now();
  const { createUpdates, useWasm, endpoint, oneOf } = await import(url);
  if (createUpdates) {
    useWasm?.("/slim/checkout_updates.wasm");
    const rules = { interval: oneOf("monthly", "yearly") };
    const updates = createUpdates({ endpoints: { change: endpoint("/change-subscription-interval", rules) } });
    await updates.ready;
  }
  return performance.now() - start;
}

/** Rows by what is imported: `cold` and `warm`, a number a round. */
export async function measureLoading(browser, url, rounds) {
  const rows = Object.fromEntries(Object.keys(KINDS).map((name) => [name, { cold: [], warm: [] }]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, path] of Object.entries(KINDS)) {
      await withPage(browser, url, async (page) => {
        const visit = () => page.evaluate(importToReady, path);
        rows[name].cold.push(await visit());
        // Chromium keeps compiled code from the second visit on.
        await page.goto(url);
        await visit();
        await page.goto(url);
        rows[name].warm.push(await visit());
      });
    }
  }
  return rows;
}

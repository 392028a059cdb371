// Every damage that other scripts can do to a page's own objects, one at a time, in each browser.
//   npm run prove -- pages       or, by itself, node scripts/prove/pages.mjs
import { main, run, step } from "../lib/run.mjs";

/** What the package and the fault server were built to must be there: `npm test -- build`. */
export async function pages() {
  const env = { HOSTILE_EVERY: "1" };
  await step("Every hostile page in each browser", () =>
    run(process.execPath, ["--test", "--test-reporter=spec", "tests/e2e/hostile/pages.test.mjs"], { env }),
  );
}

if (process.argv[1] === import.meta.filename) await main(pages);

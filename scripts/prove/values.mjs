// Hostile values by seed, in every place of the package that takes one, in each browser.
//   npm run prove -- values       or, by itself, node scripts/prove/values.mjs [SEED]
import { main, run, step } from "../lib/run.mjs";

const COUNT = 100_000;

/** What the package and the fault server were built to must be there: `npm test -- build`. */
export async function values(seed = process.env.SEED) {
  const env = { HOSTILE: String(COUNT), ...(seed && { HOSTILE_SEED: seed }) };
  await step(`${COUNT} hostile values a browser`, () =>
    run(process.execPath, ["--test", "tests/e2e/hostile/values.test.mjs"], { env }),
  );
}

if (process.argv[1] === import.meta.filename) await main(() => values(process.argv[2]));

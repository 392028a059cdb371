// Updates by chance through the whole stack, many more than npm test has time for.
//   npm run prove -- stack       or, by itself, node scripts/prove/stack.mjs [SEED]
import { bin, main, run, step } from "../lib/run.mjs";
import { seedOf } from "../lib/seed.mjs";

/** Drawn; some of them are never made, since the customer has left before. More than 5,000 are. */
const UPDATES = 8_000;
/** Times the 200 updates of the short form. */
const THROUGH_SANDBOX = 5;

/** What the package and the servers were built to must be there: `npm test -- build` and `cargo build --workspace`. */
export async function stack(seed = seedOf()) {
  const args = (spec) => ["test", "--config", "tests/e2e", spec];
  const env = {
    LONG: "1",
    RANDOM_UPDATES: String(UPDATES),
    STACK_TIMES: String(THROUGH_SANDBOX),
    // Drawn here: Playwright reads the name of a test in two processes.
    SEED: seed,
  };
  await step(`${UPDATES} updates drawn, through the fault server`, () =>
    run(bin("playwright"), args("/stack/random"), { env }),
  );
  await step(`${THROUGH_SANDBOX * 200} updates through demo server and sandbox`, () =>
    run(bin("playwright"), args("/stack/stack"), { env }),
  );
}

if (process.argv[1] === import.meta.filename) await main(() => stack(process.argv[2]));

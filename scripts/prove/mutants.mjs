// Mutation testing of the pure rules: cargo-mutants changes them one by one, and a test has to notice each.
import { cargoInstall } from "../lib/cargo-install.mjs";
import { join } from "node:path";
import { root, run, step } from "../lib/run.mjs";

const CARGO_MUTANTS = "27.1.0";

/** It ends so where a mutant made a test wait without end and none was missed: such a one is found. */
const TIMED_OUT = 3;

/** What is mutated: what decides without a browser. `.cargo/mutants.toml` names what is left out, and why. */
export async function mutants() {
  const program = await cargoInstall("cargo-mutants", CARGO_MUTANTS, { question: ["mutants", "--version"] });
  const output = join(root, "target");
  const jobs = process.env.MUTANTS_JOBS ?? "2";
  // At most a tenth of the orders of events that a test draws otherwise. What only more of them would notice counts as missed.
  const env = { PROPTEST_CASES: "200" };
  await step("cargo mutants", () =>
    run(program, ["mutants", "--output", output, "--jobs", jobs], { env, good: [0, TIMED_OUT] }),
  );
}

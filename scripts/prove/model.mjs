// The machine explored to the end of each world of tests/host/model/bounds.rs.
import { run, step } from "../lib/run.mjs";

/** The test that explores. It is compiled with optimisation: there are millions of states. */
export const exploring = ["test", "--release", "--quiet", "--locked", "--no-default-features", "--test", "model"];

/** Explores the large worlds. `MODEL` names one of them; `MODEL_STORIES=1` tells the accepted exception of each. */
export function model() {
  const env = { MODEL: process.env.MODEL ?? "all", MODEL_THREADS: process.env.MODEL_THREADS ?? "2" };
  return step("Explore the machine", () => run("cargo", [...exploring, "--", "--nocapture"], { env }));
}

// npm run fuzz [-- SECONDS [NAME…]]: fuzzes each target of fuzz/ for so long (60 seconds), beginning with its corpus.
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cargoInstall } from "./lib/cargo-install.mjs";
import { main, root, run, step, Stop } from "./lib/run.mjs";

const CARGO_FUZZ = "0.13.2";
const folder = join(root, "fuzz");
// The coverage that a fuzzer steers by is no nightly feature of rustc; cargo-fuzz's way to ask for it is.
const env = { RUSTC_BOOTSTRAP: "1" };
// The rules have no unsafe code, so there is nothing for a sanitizer to find, and stable rustc has none.
const options = ["--fuzz-dir", folder, "--sanitizer", "none"];

await main(async () => {
  const [seconds = "60", ...names] = process.argv.slice(2);
  if (!(Number(seconds) > 0)) throw new Stop(`${seconds} is no number of seconds`);
  const targets = readdirSync(join(folder, "fuzz_targets")).map((file) => file.replace(/\.rs$/, ""));
  const program = await cargoInstall("cargo-fuzz", CARGO_FUZZ, { question: ["fuzz", "--version"] });
  await step("Build the fuzzers", () => run(program, ["fuzz", "build", ...options], { env }));
  for (const name of names.length ? names : targets) {
    // What is found on the way is kept beside the committed corpus, not in it.
    const found = join(folder, "target", "found", name);
    mkdirSync(found, { recursive: true });
    const limits = [`-max_total_time=${seconds}`, "-max_len=4096", "-timeout=5", "-print_final_stats=1"];
    const corpora = [found, join(folder, "corpus", name)];
    const args = ["fuzz", "run", ...options, name, ...corpora, "--", ...limits];
    await step(`Fuzz ${name} for ${seconds} s`, () => run(program, args, { env }));
  }
});

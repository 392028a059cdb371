// npm run lint: formatting, lints and types, with warnings as errors; each check names what it found.
import { bin, main, run, step } from "./lib/run.mjs";

const quiet = { quiet: true };

/** Each folder whose TypeScript is checked by itself. */
const projects = [".", "tests", "tests/e2e", "examples/react"];

/** The JavaScript side; needs a built package, whose generated modules the sources import. */
export async function lintJs() {
  await step("prettier", () => run(bin("prettier"), ["--check", "--log-level=warn", "."], quiet));
  await step("oxlint", () => run(bin("oxlint"), ["--type-aware", "--deny-warnings"], quiet));
  for (const path of projects) await step(`tsc -p ${path}`, () => run(bin("tsc"), ["--noEmit", "-p", path], quiet));
}

/** The Rust side, on the host and, for what only browsers run, on wasm32. */
export async function lintRust() {
  await step("cargo fmt", () => run("cargo", ["fmt", "--all", "--check"], quiet));
  const clippy = ["clippy", "--quiet", "--locked", "--workspace", "--all-targets", "--", "--deny", "warnings"];
  await step("cargo clippy", () => run("cargo", clippy, quiet));
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    const { buildPackage } = await import("./build.mjs");
    await buildPackage();
    await lintJs();
    await lintRust();
  });
}

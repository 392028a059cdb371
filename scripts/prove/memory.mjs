// The demo server's memory over many updates, on both databases: docs/demo-server.md has the figures.
import { join } from "node:path";
import { root, run, step } from "../lib/run.mjs";
import { postgresql } from "../setup/postgresql.mjs";

/** Counted and timed: a machine that makes fewer in the time has not shown it. */
const BOUNDS = ["--updates", "100000", "--seconds", "3600"];
/** How much larger it may be after all of them than after half, in KiB. */
const GROWTH = "2048";

/** Makes the updates; what is measured is the built server's process alone. */
export async function memory() {
  await postgresql();
  const build = ["build", "--release", "--quiet", "--locked", "--package", "checkout-updates-server"];
  await step("Build the server to be measured", () => run("cargo", [...build, "--bins", "--example", "load"]));
  const load = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "release", "examples", "load");
  for (const { name, database } of [
    { name: "SQLite", database: [] },
    { name: "PostgreSQL", database: ["--postgres"] },
  ]) {
    await step(`100,000 updates on ${name}`, () => run(load, [...BOUNDS, "--growth", GROWTH, ...database]));
  }
}

// The npm packages, exactly as package-lock.json names them.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { root, run, step } from "../lib/run.mjs";

/** Runs `npm ci` where node_modules is missing or older than the lock file. */
export async function nodeModules() {
  const installed = join(root, "node_modules", ".package-lock.json");
  const lock = join(root, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  await step("Install the npm packages (npm ci)", () => run("npm", ["ci", "--no-audit", "--no-fund"], { quiet: true }));
}

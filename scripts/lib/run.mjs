// Running commands and saying so: every step prints what it does and how long it took.
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's top folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The program of a package that npm installed. */
export const bin = (name) => join(root, "node_modules", ".bin", name);

/** A failure that is explained by its message alone; no stack is shown. */
export class Stop extends Error {}

const running = new Set();
let over = false;

/** Starts a program that ends with this one at the latest. */
export function launch(command, args, options) {
  const child = spawn(command, args, options);
  running.add(child);
  child.on("close", () => running.delete(child));
  return child;
}

/** Ends what still runs beside a step that failed, so that nothing comes after the last line. */
function endAll() {
  over = true;
  for (const child of running) child.kill();
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Runs one named step: prints when it starts, a sign of life each 30 s, and when it ends. */
export async function step(title, work) {
  const start = performance.now();
  console.log(`> ${title}`);
  const alive = setInterval(() => console.log(`  ... ${title}: ${seconds(start)} so far`), 30_000);
  try {
    const result = await work();
    console.log(`  ${title}: done in ${seconds(start)}`);
    return result;
  } catch (error) {
    if (!over) console.log(`  ${title}: FAILED after ${seconds(start)}`);
    throw error;
  } finally {
    clearInterval(alive);
  }
}

/**
 * Runs a command to its end. Its output is shown as it comes, or with `quiet` only if it fails. `good` are the exit codes
 * that are no failure. Resolves to what it wrote to stdout; throws `Stop` when it fails.
 */
export function run(command, args = [], { env, cwd = root, quiet = false, good = [0] } = {}) {
  return new Promise((resolve, reject) => {
    const output = quiet ? "pipe" : "inherit";
    const child = launch(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", output, output],
    });
    let out = "";
    let all = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => ((out += text), (all += text)));
    child.stderr?.setEncoding("utf8").on("data", (text) => (all += text));
    child.on("error", (error) => reject(new Stop(`${command} could not be started: ${error.message}`)));
    child.on("close", (code, signal) => {
      if (good.includes(code)) return resolve(out);
      if (quiet && !over) process.stdout.write(all);
      reject(new Stop(`${[command, ...args].join(" ")} failed (${signal ?? `exit code ${code}`})`));
    });
  });
}

/** What a command prints, trimmed, or `null` where it is missing or fails. */
export function capture(command, args = [], env) {
  const result = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, ...env } });
  return result.status === 0 ? result.stdout.trim() : null;
}

/** Whether a file is there and can be executed. */
export function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The full path of a program on PATH (or in the folders given first), or `null`. */
export function which(name, first = []) {
  const folders = [...first, ...(process.env.PATH ?? "").split(delimiter)];
  return folders.map((folder) => join(folder, name)).find(executable) ?? null;
}

/** Says why the program ends: one line for a `Stop`, the stack for anything else. */
export function report(error) {
  endAll();
  console.error(error instanceof Stop ? `\nStopped: ${error.message}` : error);
  process.exitCode = 1;
}

/** Runs a script's work. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    report(error);
    // At once: what the ended programs had started may hold their pipes for a while.
    process.exit();
  }
}

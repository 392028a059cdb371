// The npm package as others see it: which files it has, and what its exports promise, for every way of resolving them.
// `node scripts/check-package.mjs --write` renews the list of files.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bin, main, root, run, step, Stop } from "./lib/run.mjs";

// It is built already: neither tool needs what npm runs before it packs.
const options = { quiet: true, env: { npm_config_ignore_scripts: "true" } };

const list = join(root, "tests", "package", "files.json");

/** The files that would be published, without the hashes in their names. */
async function packedFiles() {
  const packed = JSON.parse(await run("npm", ["pack", "--dry-run", "--json"], options));
  const paths = packed[0].files.map(({ path }) => path.replace(/-[A-Z0-9]{8}(?=\.)/, "-HASH"));
  return paths.toSorted();
}

/** Nothing is published that is not meant to be, and nothing is forgotten. */
async function checkFiles({ write = false } = {}) {
  const files = await packedFiles();
  if (write) return writeFileSync(list, `${JSON.stringify(files, null, 2)}\n`);
  const meant = JSON.parse(readFileSync(list, "utf8"));
  const wrong = [
    ...files.filter((path) => !meant.includes(path)).map((path) => `${path} is packed and not in ${list}`),
    ...meant.filter((path) => !files.includes(path)).map((path) => `${path} is in ${list} and not packed`),
  ];
  if (wrong.length) throw new Stop(wrong.join("\n"));
}

/** Checks the built package: its files, and its exports by publint and "are the types wrong". */
export async function checkPackage() {
  await step("The files of the package", () => checkFiles());
  await step("publint", () => run(bin("publint"), ["--strict"], options));
  // The module is a file to be served, not something to import.
  const attw = ["--pack", ".", "--exclude-entrypoints", "./checkout_updates.wasm"];
  await step("are the types wrong", () => run(bin("attw"), attw, options));
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    const { buildPackage } = await import("./build.mjs");
    await buildPackage();
    if (process.argv.includes("--write")) return checkFiles({ write: true });
    await checkPackage();
  });
}

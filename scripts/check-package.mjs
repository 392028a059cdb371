// The npm package as others see it: what its exports promise, for every way of resolving them.
import { join } from "node:path";
import { main, root, run, step } from "./lib/run.mjs";

// It is built already: neither tool needs what npm runs before it packs.
const options = { quiet: true, env: { npm_config_ignore_scripts: "true" } };
const bin = (name) => join(root, "node_modules", ".bin", name);

/** Checks the built package with publint and "are the types wrong". */
export async function checkPackage() {
  await step("publint", () => run(bin("publint"), ["--strict"], options));
  // The module is a file to be served, not something to import.
  const attw = ["--pack", ".", "--exclude-entrypoints", "./checkout_updates.wasm"];
  await step("are the types wrong", () => run(bin("attw"), attw, options));
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    const { buildPackage } = await import("./build.mjs");
    await buildPackage();
    await checkPackage();
  });
}

// npm run docs: the API reference from the types (build/docs/api) and that of the Rust crate (build/docs/rust). A warning
// of either is an error.
import { cpSync, existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildPackage } from "./build.mjs";
import { main, root, run, step } from "./lib/run.mjs";

const tool = join(root, "tests", "docs", "typedoc");
const out = join(root, "build", "docs");

/** TypeDoc in a folder of its own: it calls TypeScript 6 as a library, and the package is compiled by 7. */
async function installTypeDoc() {
  const installed = join(tool, "node_modules", ".package-lock.json");
  const lock = join(tool, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  const options = { cwd: tool, quiet: true };
  await step("Install TypeDoc (npm ci)", () => run("npm", ["ci", "--no-audit", "--no-fund"], options));
}

async function api() {
  await installTypeDoc();
  const typedoc = join(tool, "node_modules", "typedoc", "bin", "typedoc");
  const options = ["--options", join(tool, "typedoc.json"), "--out", join(out, "api")];
  await step("TypeDoc -> build/docs/api", () => run(process.execPath, [typedoc, ...options], { quiet: true }));
}

async function rust() {
  const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  const args = ["doc", "--quiet", "--locked", "--no-deps", "--package", "checkout-updates"];
  const env = { RUSTDOCFLAGS: "-D warnings" };
  await step("rustdoc -> build/docs/rust", () => run("cargo", args, { env, quiet: true }));
  rmSync(join(out, "rust"), { recursive: true, force: true });
  cpSync(join(target, "doc"), join(out, "rust"), { recursive: true });
}

/** Builds both; needs a built package, whose generated modules the sources import. */
export async function buildDocs() {
  await Promise.all([api(), rust()]);
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    await buildPackage();
    await buildDocs();
  });
}

// The engine in plain JavaScript, for pages whose policy refuses WebAssembly and for old browsers: the crate compiled for
// the first WebAssembly there was, bound for a bundler, and translated by wasm2js.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../lib/run.mjs";
import { buildEngine } from "./engine.mjs";

// Control flow as the compiler left it: it makes shorter JavaScript than the one that compresses best as a module.
const OPTIMISE = ["-Oz", "--one-caller-inline-max-function-size=20", "--low-memory-unused"];

/** Where the glue imports the module, it gets the translation. */
const translated = (core) => ({
  name: "translated",
  setup({ onResolve }) {
    onResolve({ filter: /_bg\.wasm$/ }, () => ({ path: core }));
  },
});

/** Writes `out`/plain.js from the module that was compiled for it. */
export async function buildPlain(compiled, bindgen, exports, out) {
  const binaryen = (tool, args) => run(process.execPath, [join(root, "node_modules", "binaryen", "bin", tool), ...args]);
  const folder = join(out, "plain");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const glue = join(folder, "glue");
  await run(bindgen, ["--target", "bundler", "--no-typescript", "--out-dir", glue, "--out-name", "checkout_updates", "--remove-name-section", "--remove-producers-section", compiled]);
  const module = join(folder, "module.wasm");
  const core = join(glue, "core.js");
  await binaryen("wasm-opt", [...OPTIMISE, "--strip-target-features", join(glue, "checkout_updates_bg.wasm"), "-o", module]);
  await binaryen("wasm2js", [...OPTIMISE, module, "-o", core]);
  await buildEngine("checkout_updates.js", exports, join(folder, "plain.js"), [translated(core)]);
}

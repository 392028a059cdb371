// The least that Rust can do about an update (bench/floor), built twice: as anybody would, and by the flags of the package.
import { mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { buildEngine } from "../../scripts/build/engine.mjs";
import { bind, compile, compiledIn, optimise, TARGET } from "../../scripts/build/wasm.mjs";
import { bin, root, run } from "../../scripts/lib/run.mjs";
import { wasmBindgen } from "../../scripts/setup/wasm-bindgen.mjs";
import { wasmToolchain } from "../../scripts/setup/wasm-toolchain.mjs";
import { bundle } from "./sizes.mjs";

const CRATE = "checkout-updates-floor";

/** Where a build goes; bench/floor has the page of each. */
function folder(name) {
  const path = join(root, "build", "floor", name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** As the guides of wasm-bindgen say. */
async function plain(toolchain, program) {
  const out = folder("plain");
  const args = ["build", "--quiet", "--locked", "--release", "--package", CRATE, "--target", TARGET];
  await run(toolchain.cargo, args, { env: { ...toolchain.env, CARGO_TARGET_DIR: join(root, "target", "floor") } });
  const module = compiledIn("floor", { crate: CRATE, profile: "release" });
  await run(program, ["--target", "web", "--out-dir", out, "--out-name", "floor", module]);
  const bound = join(out, "floor_bg.wasm");
  await run(bin("wasm-opt"), ["-Oz", bound, "-o", bound]);
  return bound;
}

/** As the package's own module is built; the standard library that was rebuilt for that one serves this one, too. */
async function byOurFlags(toolchain, program) {
  const out = folder("flags");
  await compile(toolchain, "", { crate: CRATE });
  await bind(program, out, { module: compiledIn("wasm", { crate: CRATE }) });
  const names = await optimise(out);
  await buildEngine(join(out, "glue", "checkout_updates.js"), ["initSync", "update"], join(out, "engine.js"), {
    names,
  });
  return join(out, "checkout_updates.wasm");
}

/** Builds both. Gives what a page loads of each, by the names that the tables have. */
export async function floorFiles() {
  const [toolchain, program] = [await wasmToolchain(), await wasmBindgen()];
  const page = async (name, wasm) => ({
    [basename(wasm)]: readFileSync(wasm),
    ...(await bundle([join(root, "bench", "floor", `${name}.js`)])),
  });
  return {
    "floor-plain": await page("plain", await plain(toolchain, program)),
    "floor-flags": await page("flags", await byOurFlags(toolchain, program)),
  };
}

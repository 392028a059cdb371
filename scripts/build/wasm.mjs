// The Rust module: compiled small, bound, optimised. Writes build/checkout_updates.wasm, build/bytes.js (the same bytes as
// text), build/engine.js (the glue, as a function that makes an instance) and build/no-wasm.js (both as JavaScript), or all
// that under build/trap with the feature "trap".
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { capture, root, run, step } from "../lib/run.mjs";
import { hashOf, unlessFresh } from "../lib/stamp.mjs";
import { wasmBindgen } from "../setup/wasm-bindgen.mjs";
import { wasmToolchain } from "../setup/wasm-toolchain.mjs";
import { buildEngine, engineTypes } from "./engine.mjs";
import { buildPlain } from "./plain.mjs";
import { encode } from "./text.mjs";

export const TARGET = "wasm32-unknown-unknown";

/** What cargo made last of a crate in this folder under target/. */
export const compiledIn = (folder, { crate = "checkout-updates", profile = "wasm" } = {}) =>
  join(root, "target", folder, TARGET, profile, `${crate.replaceAll("-", "_")}.wasm`);

// The first WebAssembly there was, which wasm2js reads.
const PLAIN = ["-Ctarget-cpu=mvp"];

// What every engine since Chrome 96, Firefox 79 and Safari 15 has. "All features" would write what browsers refuse.
// Reference types are there too, but a table of the module's own takes more code at each value than the glue's array.
const FEATURES = ["bulk-memory", "mutable-globals", "nontrapping-float-to-int", "sign-ext", "multivalue"];

// What compresses best, not what is shortest (bench/SIZE.md): control flow is made anew, and a function that is called
// from one place stays by itself unless it is tiny. No valid pointer is below 1,024: the end of the stack is there.
const OPTIMISE = [
  ...["--flatten", "--rereloop", "-Oz", "-Oz", "--low-memory-unused"],
  ...["--one-caller-inline-max-function-size=20", "--always-inline-max-function-size=14"],
  ...["--skip-pass=local-cse", "--skip-pass=simplify-locals"],
];

/** wasm-opt's name of the one module that is imported from. */
const SHORT_MODULE = "a";

/** What cargo is told of the npm package's own choices. */
export const CRATE_FEATURES = ["--features", "small-allocator"];

/** rustc flags: no panic texts and no `Debug` output in the bytes, and no path of this machine (our own are relative). */
function rustFlags(toolchain) {
  const cargoHome = process.env.CARGO_HOME || join(homedir(), ".cargo");
  return [
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "-Zfmt-debug=none",
    "-Zlocation-detail=none",
    "-Cllvm-args=-inline-threshold=60",
    "-Zmir-opt-level=3",
    // A page pays for all of it from the start: the deepest use is measured by tests/unit/stack.test.ts.
    "-Clink-arg=-zstack-size=65536",
    "-Ctarget-feature=-reference-types",
    `--remap-path-prefix=${cargoHome}=/cargo`,
    `--remap-path-prefix=${toolchain.sysroot}/lib/rustlib/src/rust=/rust`,
  ];
}

/** Compiles a crate into a folder under target/; `bind` and what follows take it from there. */
export async function compile(toolchain, build, { crate = "checkout-updates", features = [], folder = "wasm", flags = [] } = {}) {
  await run(
    toolchain.cargo,
    [
      ...["build", "--quiet", "--package", crate, "--lib", "--profile", "wasm"],
      ...["--target", TARGET, ...features],
      // The standard library is built with the crate: unwinding and formatting cost more than the crate itself.
      ...["-Zpanic-immediate-abort", "-Zbuild-std=std", "-Zbuild-std-features=optimize_for_size"],
      ...["--config", 'profile.wasm.panic="immediate-abort"'],
    ],
    {
      env: {
        ...toolchain.env,
        RUSTC_BOOTSTRAP: "1",
        CARGO_TARGET_DIR: join(root, "target", folder),
        CARGO_ENCODED_RUSTFLAGS: [...rustFlags(toolchain), ...flags].join("\x1f"),
        CHECKOUT_UPDATES_BUILD: build,
      },
    },
  );
}

/** Writes the glue, and the module that goes with it; with its functions' names only for reading their sizes. */
export async function bind(program, out, { module = compiledIn("wasm"), names = false } = {}) {
  rmSync(join(out, "glue"), { recursive: true, force: true });
  const remove = ["--remove-producers-section", ...(names ? [] : ["--remove-name-section"])];
  const where = ["--out-dir", join(out, "glue"), "--out-name", "checkout_updates"];
  await run(program, ["--target", "web", "--omit-default-module-path", ...remove, ...where, module]);
}

/**
 * Makes the bound module small. Gives the short names of what it imports and exports, for the glue: wasm-bindgen's have a
 * hash each.
 */
export async function optimise(out, { names = false } = {}) {
  const wasmOpt = join(root, "node_modules", "binaryen", "bin", "wasm-opt");
  const features = FEATURES.map((name) => `--enable-${name}`);
  const bound = join(out, "glue", "checkout_updates_bg.wasm");
  const ends = ["--minify-imports-and-exports-and-modules", ...(names ? ["-g"] : [])];
  const args = [...OPTIMISE, ...features, "--strip-target-features", ...ends, bound, "-o", join(out, "checkout_updates.wasm")];
  const mapping = JSON.parse(await run(process.execPath, [wasmOpt, ...args], { quiet: true }));
  return Object.fromEntries([
    ...mapping.imports.flatMap(([module, name, short]) => [
      [module, SHORT_MODULE],
      [name, short],
    ]),
    ...mapping.exports,
  ]);
}

function writeBytes(out) {
  const text = encode(readFileSync(join(out, "checkout_updates.wasm")));
  writeFileSync(join(out, "bytes.js"), `export const text = "${text}";\n`);
  writeFileSync(join(out, "bytes.d.ts"), "/** The module, as scripts/build/text.mjs writes it. */\nexport declare const text: string;\n");
}

/** Builds the module where its inputs have changed. */
export async function buildWasm({ trap = false } = {}) {
  const toolchain = await wasmToolchain();
  const program = await wasmBindgen();
  const folder = trap ? "build/trap" : "build";
  const out = join(root, folder);
  const inputs = [
    ...["Cargo.toml", "Cargo.lock", "src", "node_modules/binaryen/package.json", "js/text.ts", "js/code.ts"],
    ...["wasm", "engine", "plain", "text", "entries"].map((name) => `scripts/build/${name}.mjs`),
  ];
  const id = hashOf(inputs).slice(0, 12);
  const hash = hashOf(inputs, capture(toolchain.rustc, ["-vV"]));
  // What is bound goes with the glue as it was written: the tests of the crate by itself take both.
  const names = ["glue/checkout_updates_bg.wasm", "checkout_updates.wasm", "bytes.js", "engine.js", "no-wasm.js", "build.json"];
  const outputs = names.map((name) => join(folder, name));
  const features = [...CRATE_FEATURES, ...(trap ? ["--features", "trap"] : [])];
  const exports = ["Updates", "build", ...(trap ? ["trap"] : [])];
  const made = await unlessFresh(join(folder, "wasm.stamp"), hash, outputs, async () => {
    mkdirSync(out, { recursive: true });
    const asModule = step(`Build the wasm module${trap ? " that can be made to trap" : ""} (${toolchain.world}, std rebuilt for size)`, async () => {
      await compile(toolchain, id, { features });
      await bind(program, out);
      const names = await optimise(out);
      writeBytes(out);
      const engine = join(out, "engine.js");
      await buildEngine(join(out, "glue", "checkout_updates.js"), ["initSync", ...exports], engine, { names });
      writeFileSync(join(out, "engine.d.ts"), engineTypes);
    });
    const asPlain = step("Build the same in plain JavaScript", async () => {
      await compile(toolchain, id, { features: [...features, "--features", "plain"], folder: "plain", flags: PLAIN });
      await buildPlain(compiledIn("plain"), program, exports, out);
      writeFileSync(join(out, "no-wasm.d.ts"), 'export { instantiate } from "./engine.js";\n');
    });
    await Promise.all([asModule, asPlain]);
    writeFileSync(join(out, "build.json"), `${JSON.stringify({ build: id })}\n`);
  });
  if (made) console.log(`  ${folder}/checkout_updates.wasm: ${statSync(join(out, "checkout_updates.wasm")).size} bytes`);
}

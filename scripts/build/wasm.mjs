// The Rust module: compiled small, bound, optimised. Writes build/glue (JavaScript and types), build/checkout_updates.wasm,
// build/bytes.js (the same bytes as text) and build/plain (the same as JavaScript), or all that under build/trap with the
// feature "trap".
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { capture, root, run, step } from "../lib/run.mjs";
import { hashOf, unlessFresh } from "../lib/stamp.mjs";
import { wasmBindgen } from "../setup/wasm-bindgen.mjs";
import { wasmToolchain } from "../setup/wasm-toolchain.mjs";
import { forwardGlue, forwarded, gatherTypes, trimGlue } from "./glue.mjs";
import { markModule } from "./mark.mjs";
import { shortenGlue, shortenModule } from "./names.mjs";
import { buildPlain } from "./plain.mjs";
import { encode } from "./text.mjs";

const TARGET = "wasm32-unknown-unknown";

/** What cargo made last. */
const COMPILED = join(root, "target", TARGET, "wasm", "checkout_updates.wasm");

// What every engine since Chrome 96, Firefox 79 and Safari 15 has. "All features" would write what browsers refuse.
const FEATURES = ["reference-types", "bulk-memory", "mutable-globals", "nontrapping-float-to-int", "sign-ext", "multivalue"];

// What compresses best, not what is shortest (bench/SIZE.md): control flow is made anew, and a function that is called
// from one place stays by itself unless it is tiny. No valid pointer is below 1,024: the end of the stack is there.
const OPTIMISE = [
  ...["--flatten", "--rereloop", "-Oz", "-Oz", "--low-memory-unused"],
  ...["--one-caller-inline-max-function-size=20", "--always-inline-max-function-size=14"],
  ...["--skip-pass=local-cse", "--skip-pass=simplify-locals"],
];

/** rustc flags: no panic texts and no `Debug` output in the bytes, and no path of this machine (our own are relative). */
function rustFlags(toolchain) {
  const cargoHome = process.env.CARGO_HOME || join(homedir(), ".cargo");
  return [
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "-Zfmt-debug=none",
    "-Zlocation-detail=none",
    "-Cllvm-args=-inline-threshold=100",
    `--remap-path-prefix=${cargoHome}=/cargo`,
    `--remap-path-prefix=${toolchain.sysroot}/lib/rustlib/src/rust=/rust`,
  ];
}

/** Compiles the crate; `optimise` and what follows take it from there. */
export async function compile(toolchain, features = []) {
  await run(
    toolchain.cargo,
    [
      ...["build", "--quiet", "--package", "checkout-updates", "--lib", "--profile", "wasm"],
      ...["--target", TARGET, ...features],
      // The standard library is built with the crate: unwinding and formatting cost more than the crate itself.
      ...["-Zpanic-immediate-abort", "-Zbuild-std=std", "-Zbuild-std-features=optimize_for_size"],
      ...["--config", 'profile.wasm.panic="immediate-abort"'],
    ],
    {
      env: {
        ...toolchain.env,
        RUSTC_BOOTSTRAP: "1",
        CARGO_TARGET_DIR: join(root, "target"),
        CARGO_ENCODED_RUSTFLAGS: rustFlags(toolchain).join("\x1f"),
      },
    },
  );
}

/** Writes the glue, and the module that goes with it; with its functions' names only for reading their sizes. */
export async function bind(program, out, { module = COMPILED, names = false } = {}) {
  rmSync(join(out, "glue"), { recursive: true, force: true });
  const options = ["--target", "web", "--omit-default-module-path", "--experimental-reset-state-function"];
  const remove = ["--remove-producers-section", ...(names ? [] : ["--remove-name-section"])];
  const where = ["--out-dir", join(out, "glue"), "--out-name", "checkout_updates"];
  await run(program, [...options, ...remove, ...where, module]);
  const types = join(out, "glue", "checkout_updates.d.ts");
  writeFileSync(types, gatherTypes(readFileSync(types, "utf8")));
}

/** Makes the bound module small. */
export async function optimise(out, { names = false } = {}) {
  const wasmOpt = join(root, "node_modules", "binaryen", "bin", "wasm-opt");
  const features = FEATURES.map((name) => `--enable-${name}`);
  const bound = join(out, "glue", "checkout_updates_bg.wasm");
  await run(process.execPath, [wasmOpt, ...OPTIMISE, ...features, "--strip-target-features", ...(names ? ["-g"] : []), bound, "-o", join(out, "checkout_updates.wasm")]);
  // One copy: nothing may take the unoptimised one by mistake.
  rmSync(bound);
  rmSync(`${bound}.d.ts`, { force: true });
}

/** What wasm-bindgen writes for everybody, cut down to what the facade uses. */
function trim(out) {
  const module = join(out, "checkout_updates.wasm");
  const glue = join(out, "glue", "checkout_updates.js");
  const text = readFileSync(glue, "utf8");
  const methods = forwarded(text);
  const { bytes, renamed } = shortenModule(readFileSync(module), methods);
  writeFileSync(module, bytes);
  writeFileSync(glue, shortenGlue(trimGlue(glue, forwardGlue(text, methods)), renamed));
}

function writeBytes(out) {
  const text = encode(readFileSync(join(out, "checkout_updates.wasm")));
  writeFileSync(join(out, "bytes.js"), `export const text = "${text}";\n`);
  writeFileSync(join(out, "bytes.d.ts"), "/** The module, as scripts/build/text.mjs writes it. */\nexport declare const text: string;\n");
}

/** The file is loaded from wherever it was put, so the facade has to know its own. */
function mark(out) {
  const module = join(out, "checkout_updates.wasm");
  const { marked, mark } = markModule(readFileSync(module));
  writeFileSync(module, marked);
  writeFileSync(join(out, "mark.js"), `export const mark = "${mark}";\n`);
  writeFileSync(join(out, "mark.d.ts"), "/** What the module's file of this build says in its section of this name. */\nexport declare const mark: string;\n");
}

/** Builds the module where its inputs have changed. */
export async function buildWasm({ trap = false } = {}) {
  const toolchain = await wasmToolchain();
  const program = await wasmBindgen();
  const folder = trap ? "build/trap" : "build";
  const out = join(root, folder);
  const hash = hashOf(
    [
      ...["Cargo.toml", "Cargo.lock", "src", "node_modules/binaryen/package.json"],
      ...["wasm", "glue", "mark", "names", "plain", "text"].map((name) => `scripts/build/${name}.mjs`),
    ],
    capture(toolchain.rustc, ["-vV"]),
  );
  const names = ["checkout_updates.wasm", "bytes.js", "mark.js", "glue/checkout_updates.js", "plain/core.js"];
  const outputs = names.map((name) => join(folder, name));
  const made = await unlessFresh(join(folder, "wasm.stamp"), hash, outputs, () =>
    step(`Build the wasm module${trap ? " that can be made to trap" : ""} (${toolchain.world}, std rebuilt for size)`, async () => {
      mkdirSync(out, { recursive: true });
      await compile(toolchain, trap ? ["--features", "trap"] : []);
      await bind(program, out);
      await optimise(out);
      trim(out);
      writeBytes(out);
      mark(out);
      const bindPlain = (to, module) => bind(program, to, { module });
      await step("Translate it to plain JavaScript", () => buildPlain(COMPILED, bindPlain, join(out, "plain")));
    }),
  );
  if (made) console.log(`  ${folder}/checkout_updates.wasm: ${statSync(join(out, "checkout_updates.wasm")).size} bytes`);
}

// The Rust module: compiled small, bound, optimised. Writes build/glue (JavaScript and types), build/checkout_updates.wasm
// and build/bytes.js (the same bytes as text), or the same under build/trap with the feature "trap".
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { capture, root, run, step } from "../lib/run.mjs";
import { hashOf, unlessFresh } from "../lib/stamp.mjs";
import { wasmBindgen } from "../setup/wasm-bindgen.mjs";
import { wasmToolchain } from "../setup/wasm-toolchain.mjs";

const TARGET = "wasm32-unknown-unknown";

// What every engine since Chrome 96, Firefox 79 and Safari 15 has. "All features" would write what browsers refuse.
const FEATURES = ["reference-types", "bulk-memory", "mutable-globals", "nontrapping-float-to-int", "sign-ext", "multivalue"];

/** rustc flags: no panic texts and no `Debug` output in the bytes, and no path of this machine. */
function rustFlags(toolchain) {
  const cargoHome = process.env.CARGO_HOME || join(homedir(), ".cargo");
  return [
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "-Zfmt-debug=none",
    "-Zlocation-detail=none",
    `--remap-path-prefix=${root}=/checkout-updates`,
    `--remap-path-prefix=${cargoHome}=/cargo`,
    `--remap-path-prefix=${toolchain.sysroot}/lib/rustlib/src/rust=/rust`,
  ];
}

async function compile(toolchain, features) {
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

async function bind(program, out) {
  rmSync(join(out, "glue"), { recursive: true, force: true });
  const module = join(root, "target", TARGET, "wasm", "checkout_updates.wasm");
  const options = ["--target", "web", "--omit-default-module-path", "--experimental-reset-state-function"];
  await run(program, [...options, "--remove-name-section", "--remove-producers-section", "--out-dir", join(out, "glue"), module]);
}

async function optimise(out) {
  const wasmOpt = join(root, "node_modules", "binaryen", "bin", "wasm-opt");
  const features = FEATURES.map((name) => `--enable-${name}`);
  const bound = join(out, "glue", "checkout_updates_bg.wasm");
  await run(process.execPath, [wasmOpt, "-Oz", ...features, "--strip-target-features", bound, "-o", join(out, "checkout_updates.wasm")]);
  // One copy: nothing may take the unoptimised one by mistake.
  rmSync(bound);
  rmSync(`${bound}.d.ts`, { force: true });
}

function writeBytes(out) {
  const base64 = readFileSync(join(out, "checkout_updates.wasm")).toString("base64");
  writeFileSync(join(out, "bytes.js"), `export const base64 = "${base64}";\n`);
  writeFileSync(join(out, "bytes.d.ts"), "/** The module, as base64. */\nexport declare const base64: string;\n");
}

/** Builds the module where its inputs have changed. */
export async function buildWasm({ trap = false } = {}) {
  const toolchain = await wasmToolchain();
  const program = await wasmBindgen();
  const folder = trap ? "build/trap" : "build";
  const out = join(root, folder);
  const hash = hashOf(
    ["Cargo.toml", "Cargo.lock", "src", "scripts/build/wasm.mjs", "node_modules/binaryen/package.json"],
    capture(toolchain.rustc, ["-vV"]),
  );
  const outputs = ["checkout_updates.wasm", "bytes.js", "glue/checkout_updates.js"].map((name) => join(folder, name));
  const made = await unlessFresh(join(folder, "wasm.stamp"), hash, outputs, () =>
    step(`Build the wasm module${trap ? " that can be made to trap" : ""} (${toolchain.world}, std rebuilt for size)`, async () => {
      mkdirSync(out, { recursive: true });
      await compile(toolchain, trap ? ["--features", "trap"] : []);
      await bind(program, out);
      await optimise(out);
      writeBytes(out);
    }),
  );
  if (made) console.log(`  ${folder}/checkout_updates.wasm: ${statSync(join(out, "checkout_updates.wasm")).size} bytes`);
}

// A Rust toolchain that compiles for wasm32 and has the source of its standard library, which the package's build
// rebuilds for size. rustup adds both where it can download; otherwise Debian's packages bring them.
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { aptInstall } from "../lib/apt.mjs";
import { capture, executable, run, step, Stop, which } from "../lib/run.mjs";
import { newEnough, oldestRust, rustVersion } from "./rust.mjs";

const TARGET = "wasm32-unknown-unknown";
/** rustup's toolchain, if target and source have been added to it. */
function byRustup() {
  const sysroot = capture("rustc", ["--print", "sysroot"]);
  if (sysroot === null) return null;
  const lib = join(sysroot, "lib", "rustlib");
  const complete = [join(lib, TARGET, "lib"), join(lib, "src", "rust", "library", "Cargo.toml")].every(existsSync);
  if (!complete || !newEnough(rustVersion())) return null;
  return { world: "rustup", cargo: "cargo", rustc: "rustc", sysroot, env: {} };
}

/** A linker for wasm: rustup's toolchains carry one, so does Debian's lld. */
function linker() {
  const rustup = join(process.env.RUSTUP_HOME || join(homedir(), ".rustup"), "toolchains");
  const toolchains = existsSync(rustup) ? readdirSync(rustup).map((name) => join(rustup, name)) : [];
  const own = capture("rustc", ["--print", "sysroot"]);
  for (const sysroot of own === null ? toolchains : [own, ...toolchains]) {
    const lib = join(sysroot, "lib", "rustlib");
    for (const host of existsSync(lib) ? readdirSync(lib) : []) {
      const lld = join(lib, host, "bin", "rust-lld");
      if (executable(lld)) return lld;
    }
  }
  return ["22", "19", "16"].map((major) => `/usr/lib/llvm-${major}/bin/wasm-ld`).find(executable) ?? null;
}

/** Debian's rustc-web, if it and the source are there. */
function byDebian() {
  const sysroot = "/usr";
  const complete = ["/usr/bin/rustc", "/usr/bin/cargo"].every(executable);
  if (!complete || !existsSync("/usr/lib/rustlib/src/rust/library/Cargo.toml")) return null;
  const lld = linker();
  if (lld === null || !newEnough(rustVersion("/usr/bin/rustc"))) return null;
  const env = { RUSTC: "/usr/bin/rustc", CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: lld };
  return { world: "debian", cargo: "/usr/bin/cargo", rustc: "/usr/bin/rustc", sysroot, linker: lld, env };
}

async function addByRustup() {
  if (!which("rustup")) return null;
  const what = `Add ${TARGET} and rust-src by rustup`;
  try {
    await step(what, () => run("rustup", ["target", "add", TARGET], { quiet: true }));
    await run("rustup", ["component", "add", "rust-src"], { quiet: true });
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.log("  rustup cannot download here; taking Debian's packages instead");
    return null;
  }
  return byRustup();
}

async function addByDebian() {
  const packages = ["rustc-web", "cargo-web", "rust-web-src", ...(linker() === null ? ["lld-22"] : [])];
  await aptInstall(packages, `compile for ${TARGET}`);
  return byDebian();
}

/**
 * The toolchain for wasm32: its `cargo`, the `env` to call it with, and which of the two worlds it is.
 * Adds what is missing.
 */
export async function wasmToolchain() {
  const found = byRustup() ?? byDebian() ?? (await addByRustup()) ?? (await addByDebian());
  if (found) return found;
  throw new Stop(
    `Rust ${oldestRust().join(".")} or newer with ${TARGET} and its library's source is needed to build the package. ` +
      `Run: rustup update stable && rustup target add ${TARGET} && rustup component add rust-src`,
  );
}

// What counts the lines that tests reach: cargo-llvm-cov, and the LLVM tools that belong to this rustc.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { aptInstall } from "../lib/apt.mjs";
import { cargoInstall } from "../lib/cargo-install.mjs";
import { capture, run, step, Stop, which } from "../lib/run.mjs";

const CARGO_LLVM_COV = "0.9.1";

/** The LLVM tools as the environment that cargo-llvm-cov wants, or `null` where there are none. */
function llvmTools(version) {
  const host = /^host: (.+)$/m.exec(version)[1];
  const major = /^LLVM version: (\d+)/m.exec(version)[1];
  const sysroot = capture("rustc", ["--print", "sysroot"]);
  const folders = [join(sysroot, "lib", "rustlib", host, "bin"), `/usr/lib/llvm-${major}/bin`];
  const folder = folders.find((path) => ["llvm-cov", "llvm-profdata"].every((name) => existsSync(join(path, name))));
  return folder ? { LLVM_COV: join(folder, "llvm-cov"), LLVM_PROFDATA: join(folder, "llvm-profdata") } : null;
}

async function addByRustup() {
  if (!which("rustup")) return;
  try {
    await step("Add llvm-tools by rustup", () => run("rustup", ["component", "add", "llvm-tools"], { quiet: true }));
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.log("  rustup cannot download here; taking Debian's package instead");
  }
}

/** `{ program, env }` to count lines with. */
export async function coverage() {
  const version = capture("rustc", ["-vV"]);
  const major = /^LLVM version: (\d+)/m.exec(version)[1];
  if (!llvmTools(version)) await addByRustup();
  if (!llvmTools(version)) await aptInstall([`llvm-${major}`], "count the lines that tests reach");
  const env = llvmTools(version);
  if (!env)
    throw new Stop("llvm-tools is needed to count the lines that tests reach. Run: rustup component add llvm-tools");
  return {
    program: await cargoInstall("cargo-llvm-cov", CARGO_LLVM_COV, { question: ["llvm-cov", "--version"] }),
    env,
  };
}

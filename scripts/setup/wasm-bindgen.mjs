// wasm-bindgen's command-line tool. It writes the JavaScript beside the module, and its version must be exactly that of
// the library in Cargo.lock.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cargoInstall } from "../lib/cargo-install.mjs";
import { root, Stop } from "../lib/run.mjs";

/** The version of wasm-bindgen in Cargo.lock. */
export function wasmBindgenVersion() {
  const match = /name = "wasm-bindgen"\nversion = "([^"]+)"/.exec(readFileSync(join(root, "Cargo.lock"), "utf8"));
  if (!match) throw new Stop("Cargo.lock names no wasm-bindgen");
  return match[1];
}

/** The path of a wasm-bindgen in the right version. */
export const wasmBindgen = () => cargoInstall("wasm-bindgen-cli", wasmBindgenVersion(), { program: "wasm-bindgen" });

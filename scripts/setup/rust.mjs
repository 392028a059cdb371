// The Rust toolchain itself, for everything that does not run in a browser.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { capture, root, Stop } from "../lib/run.mjs";

/** The oldest Rust that compiles the workspace, as `[major, minor]`; Cargo.toml says which. */
export function oldestRust() {
  const [, major, minor] = /^rust-version = "(\d+)\.(\d+)/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"));
  return [Number(major), Number(minor)];
}

/** The version of a rustc as `[major, minor]`, or `null` where it is missing. */
export function rustVersion(rustc = "rustc") {
  const match = /^rustc (\d+)\.(\d+)/.exec(capture(rustc, ["--version"]) ?? "");
  return match && [Number(match[1]), Number(match[2])];
}

/** Whether this version compiles the workspace. */
export function newEnough(found) {
  const [major, minor] = oldestRust();
  return found !== null && (found[0] > major || (found[0] === major && found[1] >= minor));
}

/** Stops with one line where Rust is missing or too old. */
export function needRust() {
  const found = rustVersion();
  if (newEnough(found)) return;
  const oldest = oldestRust().join(".");
  if (found === null) throw new Stop(`Rust ${oldest} or newer is needed to build anything here: see https://rustup.rs`);
  throw new Stop(`Rust ${oldest} or newer is needed, this is ${found.join(".")}. Run: rustup update stable`);
}

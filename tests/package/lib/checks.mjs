// What must hold for everything that was built from the package.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { filesOf } from "./project.mjs";

/** How "\0asm", version 1, and the first section begin in base64. */
const INLINED = /AGFzbQEAAAAB/g;
const EVAL = /\beval\s*\(|\bnew Function\s*\(/;

/** The module is there as often as it should be, be it as a file or inlined. */
export function checkCopies(folder, copies) {
  const files = filesOf(folder);
  const own = files.filter((name) => name.endsWith(".wasm")).length;
  const scripts = files.filter((name) => /\.[cm]?js$/.test(name));
  const inlined = scripts.map((name) => readFileSync(name, "utf8").match(INLINED)?.length ?? 0);
  assert.equal(own + inlined.reduce((one, two) => one + two, 0), copies, "copies of the module");
}

/** Nothing in the package makes code of text. */
export function checkNoEval(folder) {
  for (const name of filesOf(folder).filter((name) => /\.[cm]?js$/.test(name))) {
    assert.doesNotMatch(readFileSync(name, "utf8"), EVAL, name);
  }
}

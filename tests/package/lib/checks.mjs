// What must hold for everything that was built from the package.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { filesOf } from "./project.mjs";

/** Some of the text that the module is inlined as; bundlers may quote it in another way, so without what they escape. */
function fingerprint(dist) {
  const name = readdirSync(dist).find((name) => /^wasm-inline-.*\.js$/.test(name));
  const runs = readFileSync(join(dist, name), "utf8").match(/[^"'`\\<>/$\s]{40,}/g);
  assert.ok(runs?.length > 10, "the module is inlined as text");
  return runs.sort((one, two) => two.length - one.length)[0].slice(0, 200);
}

const EVAL = /\beval\s*\(|\bnew Function\s*\(/;

/** The module is there as often as it should be, be it as a file or inlined. */
export function checkCopies(folder, dist, copies) {
  const files = filesOf(folder);
  const own = files.filter((name) => name.endsWith(".wasm")).length;
  const text = fingerprint(dist);
  const scripts = files.filter((name) => /\.[cm]?js$/.test(name));
  const inlined = scripts.map((name) => readFileSync(name, "utf8").split(text).length - 1);
  assert.equal(own + inlined.reduce((one, two) => one + two, 0), copies, "copies of the module");
}

/** Nothing in the package makes code of text. */
export function checkNoEval(folder) {
  for (const name of filesOf(folder).filter((name) => /\.[cm]?js$/.test(name))) {
    assert.doesNotMatch(readFileSync(name, "utf8"), EVAL, name);
  }
}

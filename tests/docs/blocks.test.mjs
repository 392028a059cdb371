// Every block of the README and the guides is tested somewhere: a language or a use that nobody tests fails here.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { choose } from "../../scripts/lib/choose.mjs";
import { suites } from "../../scripts/suites.mjs";
import { allBlocks, documents, proseOf, root, textOf } from "./lib/blocks.mjs";

const { name, version, scripts } = JSON.parse(textOf("package.json"));

/** `npm test` with names: they have to be those of suites and browsers. */
function checkNames(command) {
  const [, words = ""] = /^npm test(?: -- (.*))?$/.exec(command) ?? [];
  if (words === "--help") return;
  choose(
    [...words.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain),
    suites,
  );
}

/** A picture of the code: what it calls a file has to be one. */
function checkPicture(code) {
  for (const [, path] of code.matchAll(/participant \w+ as (\S+\/\S+)$/gm)) {
    assert.ok(existsSync(join(root, path)), `${path} is not there`);
  }
}

/** A command of the guides: it has to be one that this repository or its package has. */
function checkCommand(line) {
  const [, npm] = /^npm (.*)$/.exec(line) ?? [];
  assert.ok(npm, "no npm command");
  const [, script] = /^(?:run )?([\w:-]+)(?: -- .*)?$/.exec(npm) ?? [];
  if (script === "test") checkNames(line);
  const own = ["start", "test"].includes(script) || npm.startsWith("run ");
  if (own) assert.ok(scripts[script], `package.json has no script "${script}"`);
  else assert.ok(["pack", `install ./${name}-${version}.tgz @stripe/stripe-js`].includes(npm), "unknown npm command");
}

/** A block in Rust is part of an example in the crate's documentation, which is compiled there. */
function checkRust(code) {
  const documented = textOf("src/lib.rs").replaceAll(/^\/\/! ?/gm, "");
  assert.ok(documented.includes(code), "not in the documentation of src/lib.rs");
}

/** A block that is a file: `copyable.test.mjs` runs it. */
function checkFile({ file, code }) {
  assert.match(file, /^examples\/server\//);
  assert.equal(code, textOf(file));
}

/** Which test takes a block of this language, by the words behind the language. Throws where none does. */
const takers = {
  ts: () => "types.test.mjs",
  tsx: () => "types.test.mjs",
  js: () => "types.test.mjs",
  html: ({ page }) => (assert.ok(page, "needs page=name"), "pages.test.mjs"),
  http: ({ page }) => (assert.ok(page, "needs page=name"), "pages.test.mjs"),
  python: ({ server }) => (assert.ok(server, "needs server"), "servers.test.mjs"),
  ruby: ({ server }) => (assert.ok(server, "needs server"), "servers.test.mjs"),
  json: ({ code }) => (JSON.parse(code), "blocks.test.mjs"),
  mermaid: ({ code }) => (checkPicture(code), "blocks.test.mjs"),
  rust: ({ code }) => (checkRust(code), "blocks.test.mjs"),
  // What a command prints: there is nothing to run.
  text: () => "blocks.test.mjs",
  sh: ({ code }) => (code.trim().split("\n").forEach(checkCommand), "blocks.test.mjs"),
};

for (const block of allBlocks()) {
  test(`${block.path}:${block.line} (${block.language || "no language"})`, () => {
    if (block.file) checkFile(block);
    const taker = block.file ? () => "copyable.test.mjs" : takers[block.language];
    assert.ok(taker, `no test takes blocks in "${block.language}"`);
    textOf(`tests/docs/${taker(block)}`);
  });
}

test("npm scripts that are named in a sentence are there", () => {
  for (const path of documents()) {
    for (const [command, script] of proseOf(path)
      .join("\n")
      .matchAll(/`npm (?:run )?([\w:-]+)[^`]*`/g)) {
      if (script === "test") checkNames(command.replaceAll("`", ""));
      assert.ok(scripts[script] || ["pack", "install", "ci", "init"].includes(script), `${path}: npm run ${script}`);
    }
  }
});

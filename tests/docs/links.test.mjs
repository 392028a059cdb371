// Links between the pages lead somewhere: to a file of this repository, and to a heading of it.
import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { documents, proseOf, root } from "./lib/blocks.mjs";

/** A heading's anchor, as GitHub makes it. */
const anchor = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");

const anchorsOf = (path) =>
  proseOf(path).flatMap((line) => [...line.matchAll(/^#{1,6}\s+(.*)$/g)].map(([, text]) => anchor(text)));

/** The targets of a page's links and images, each with its line. */
const linksOf = (path) =>
  proseOf(path).flatMap((line, index) =>
    [...line.replace(/`[^`]*`/g, "").matchAll(/\[[^\]]*\]\(([^()\s]+)\)/g)].map(([, to]) => ({ to, line: index + 1 })),
  );

for (const path of documents()) {
  test(`the links of ${path}`, () => {
    const wrong = linksOf(path).flatMap(({ to, line }) => {
      const at = `${path}:${line}: ${to}`;
      if (/^https:\/\//.test(to)) return [];
      if (/^[a-z]+:/.test(to)) return [`${at} is neither https nor relative`];
      const [file, heading] = to.split("#");
      const target = file ? normalize(join(dirname(path), file)) : path;
      if (target.startsWith("..") || !existsSync(join(root, target))) return [`${at} is not there`];
      if (statSync(join(root, target)).isDirectory()) return [`${at} is a folder`];
      if (heading !== undefined && !anchorsOf(target).includes(heading)) return [`${at} names no heading`];
      return [];
    });
    assert.deepEqual(wrong, []);
  });
}

test("every guide can be reached from the README", () => {
  const reached = new Set(["README.md"]);
  for (const path of reached) {
    for (const { to } of linksOf(path)) {
      const target = normalize(join(dirname(path), to.split("#")[0]));
      if (target.endsWith(".md") && !to.startsWith("https:") && existsSync(join(root, target))) reached.add(target);
    }
  }
  assert.deepEqual(
    documents().filter((path) => path.startsWith("docs/") && !reached.has(path)),
    [],
  );
});

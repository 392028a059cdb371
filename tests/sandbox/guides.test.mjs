// docs/stripe-guides.md: every row names a test, and the test is there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "docs", "stripe-guides.md"), "utf8");

/** The rows of all tables, without heads and rules. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  .filter(([first, , last]) => !/^-+$/.test(first) && last !== "tested by");

test("every row of the guides names a test that is there", () => {
  assert.ok(rows.length > 50, String(rows.length));
  for (const [what, where, tested] of rows) {
    assert.ok(what && where, what);
    const named = [...tested.matchAll(/`([^`]+)` \(([^)]+)\)/g)];
    assert.ok(named.length > 0, what);
    for (const [, path, name] of named) {
      assert.ok(readFileSync(join(root, path), "utf8").includes(name), `${what}: ${path} has no test "${name}"`);
    }
  }
});

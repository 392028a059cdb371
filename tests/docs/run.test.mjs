// The modules that are marked `run`, each in a Node process of its own.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { programs, writePrograms } from "./lib/programs.mjs";

const place = writePrograms("run");

for (const { path, line, name, language } of programs().filter(({ run }) => run)) {
  test(`${path}:${line} runs`, () => {
    assert.equal(language, "js", "only JavaScript runs as it is");
    // Without the variable that makes a test runner inside a test runner report to the outer one.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(place, name)], {
      env,
      encoding: "utf8",
      timeout: 60_000,
    });
    assert.equal(status, 0, stdout + stderr);
    assert.equal(stderr, "");
  });
}

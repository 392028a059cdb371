// What the guide tells servers to do, run in each of its languages.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { allBlocks, root } from "./lib/blocks.mjs";
import { folder } from "./lib/programs.mjs";

const drivers = {
  js: { program: process.execPath, driver: "node.mjs", file: "once.mjs" },
  python: { program: process.env.PYTHON ?? "python3", driver: "python.py", file: "once.py" },
  ruby: { program: process.env.RUBY ?? "ruby", driver: "ruby.rb", file: "once.rb" },
};

const place = join(folder, "servers");
rmSync(place, { recursive: true, force: true });
mkdirSync(place, { recursive: true });

for (const { path, line, language, code } of allBlocks().filter(({ server }) => server)) {
  test(`${path}:${line} (${language}) honours the key`, () => {
    const { program, driver, file } = drivers[language];
    writeFileSync(join(place, file), code);
    const out = execFileSync(program, [join(root, "tests", "docs", "servers", driver), join(place, file)], {
      encoding: "utf8",
      // No __pycache__ beside the block.
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    });
    const said = Object.fromEntries(
      out
        .trim()
        .split("\n")
        .map((text) => JSON.parse(text)),
    );
    assert.deepEqual(said, {
      beside: [200, 200],
      again: 200,
      "another intent": 409,
      "another visitor": 200,
      "in doubt": "thrown",
      "in doubt, again": 200,
      // Once for the first key, once for the other visitor; twice the very same request where the first was in doubt.
      performed: [2, 3, 4, 4],
      keys: 3,
    });
  });
}

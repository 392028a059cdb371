// Every module of the guides compiles against the package's own types and against Stripe's.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "./lib/blocks.mjs";
import { programs, writePrograms } from "./lib/programs.mjs";

const compilerOptions = {
  skipLibCheck: true,
  types: ["node"],
  jsx: "react-jsx",
  allowJs: true,
  checkJs: true,
  noUnusedLocals: false,
  noUnusedParameters: false,
};

/** Compiles the programs in one language; gives what the compiler said of each. */
function compile(language, more) {
  const place = writePrograms(`types-${language}`);
  copyFileSync(join(root, "tests", "docs", "ambient.d.ts"), join(place, "ambient.d.ts"));
  const include = ["ambient.d.ts", `*.${language}`, ...(language === "ts" ? ["*.tsx"] : [])];
  const config = { extends: "../../../tsconfig.json", compilerOptions: { ...compilerOptions, ...more }, include };
  writeFileSync(join(place, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", place, "--pretty", "false"], {
    cwd: place,
    encoding: "utf8",
  });
  assert.equal(stderr, "");
  // What explains a complaint is indented below it.
  return stdout.split("\n").filter((text) => /^\S/.test(text));
}

// A page in plain JavaScript names no types, and takes the package from where its site serves it.
const plain = {
  noImplicitAny: false,
  strictNullChecks: false,
  exactOptionalPropertyTypes: false,
  noPropertyAccessFromIndexSignature: false,
};
const paths = { "/checkout-updates/*.js": ["../../../dist/types/*.d.ts"] };
const said = [...compile("ts", {}), ...compile("js", { ...plain, paths })];

for (const { path, line, name } of programs()) {
  test(`${path}:${line} compiles`, () => {
    const own = said.filter((text) => text.startsWith(`${name}(`));
    const placed = own.map((text) =>
      text.replace(/^.*?\((\d+),/, (_, at) => `${path}:${Number(at) + line - 1} (column `),
    );
    assert.deepEqual(placed, []);
  });
}

test("the compiler complains of nothing else", () => {
  const names = programs().map(({ name }) => name);
  assert.deepEqual(
    said.filter((text) => !names.some((name) => text.startsWith(`${name}(`))),
    [],
  );
});

// What users compile against: the declarations of dist/types, with every version of TypeScript from the oldest that can
// read them, and with every library checked.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { promisify } from "node:util";
import { entries } from "../../../scripts/build/entries.mjs";
import { run } from "../../../scripts/lib/run.mjs";

const here = import.meta.dirname;
const { dependencies } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));

/** Each program, and the first version whose libraries have what it needs. */
const programs = [
  ["dom", "a page without any library that is newer than ES2021, and with options that hold nothing"],
  ["no-dom", "a program without the DOM's library"],
  ["disposable", "a page with a library that declares Symbol.dispose", 5.2],
];

/** Installs the compilers where they are missing or older than the lock file. */
async function install() {
  const [installed, lock] = [join(here, "node_modules", ".package-lock.json"), join(here, "package-lock.json")];
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: here, quiet: true });
}

/** What a compiler says of a program: nothing, where all is well. */
async function compile(name, folder) {
  const tsc = join(here, "node_modules", name, "bin", "tsc");
  const args = [tsc, "-p", join(here, folder), "--pretty", "false"];
  return promisify(execFile)(process.execPath, args).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }) => stdout + stderr,
  );
}

describe("the published types", { concurrency: 2 }, () => {
  before(install);

  for (const [name, version] of Object.entries(dependencies)) {
    for (const [folder, title, from = 0] of programs) {
      if (Number.parseFloat(name.slice("typescript-".length)) < from) continue;
      test(`${version.slice("npm:".length)}: ${title}`, async () => {
        assert.equal(await compile(name, folder), "");
      });
    }
  }
});

describe("what an editor shows of an intent: one record, as a page's author would write it", () => {
  let shown;
  before(async () => {
    await install();
    ({ shown } = await import("./editor.mjs"));
  });

  test("the record that run takes, and the body that it gives", () => {
    const text = shown("void updates", "run");
    assert.match(text, /intent: \{ interval: "monthly" \| "yearly"; gift\?: boolean \| undefined; \}/);
    assert.match(text, /Outcome<\{ id: string; \}, \{ saved: string; \}>/);
  });

  test("the record that a hook gives", () => {
    const text = shown("const { pendingIntent", "pendingIntent");
    assert.equal(text, "const pendingIntent: { line_item: string; quantity: number; } | undefined");
  });

  test("the values that pick an update", () => {
    const text = shown("updates.isPending", "isPending");
    assert.match(text, /match\?: \{ line_item\?: string \| undefined; quantity\?: number \| undefined; \}/);
  });
});

test("each entry is one file, which imports none but the main entry's", () => {
  for (const name of Object.keys(entries)) {
    for (const [file, main] of [
      [`${name}.d.ts`, "./index.js"],
      [`${name}.d.cts`, "./index.cjs"],
    ]) {
      const text = readFileSync(join(here, "../../../dist/types", file), "utf8");
      const imported = new Set([...text.matchAll(/(?:from|import\()\s*['"]([^'"]+)['"]/g)].map(([, path]) => path));
      assert.deepEqual([...imported], name === "index" ? [] : [main], file);
    }
  }
});

test("what an editor leads to says what it is", () => {
  const text = readFileSync(join(here, "../../../dist/types/index.d.ts"), "utf8");
  const names = /export type \{([^}]+)\}/.exec(text)[1].split(",");
  const values = /export \{([^}]+)\};/.exec(text)[1].split(",");
  const undocumented = [...names, ...values]
    .map((name) => name.trim())
    .filter((name) => !new RegExp(`\\*/\\s(?:declare )?(?:interface|type|class|function|const) ${name}\\b`).test(text));
  assert.deepEqual(undocumented, []);
});

// The package's types: tsc's declarations of what the entries reach, once for ES modules and once for CommonJS.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root, run } from "../lib/run.mjs";
import { entries } from "./entries.mjs";

const RELATIVE = /((?:from|import\()\s*")(\.\.?\/[^"]+)\.js"/g;

/** The declaration files that these import, themselves included. */
function reachable(files) {
  const seen = new Set();
  const visit = (file) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, , path] of readFileSync(file, "utf8").matchAll(RELATIVE)) visit(join(dirname(file), `${path}.d.ts`));
  };
  files.forEach(visit);
  return seen;
}

/** Writes dist/types. */
export async function buildTypes() {
  const from = join(root, "build", "types");
  const to = join(root, "dist", "types");
  rmSync(from, { recursive: true, force: true });
  rmSync(to, { recursive: true, force: true });
  await run(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.build.json"]);
  const sources = Object.values(entries).map((source) => join(from, source.replace(/^\.\/js\//, "").replace(/\.ts$/, ".d.ts")));
  for (const file of reachable(sources)) {
    const text = readFileSync(file, "utf8");
    const target = join(to, relative(from, file));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    writeFileSync(target.replace(/\.d\.ts$/, ".d.cts"), text.replace(RELATIVE, '$1$2.cjs"'));
  }
}

// The package's types: one declaration file an entry, rolled up from tsc's own with every doc comment, once for ES modules
// and once for CommonJS. What the others share with the main entry they take from it, so that a type has one
// declaration in whichever entry it is met.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
import { root, run } from "../lib/run.mjs";
import { entries } from "./entries.mjs";

const FROM = join(root, "build", "types");
const TO = join(root, "dist", "types");
const MAIN = "index";

/** What tsc does not copy: it is a declaration file already. */
const RECORDS = join(root, "src", "types.d.ts");

/** Modules whose every export is one of the main entry's too. */
const SHARED = [...["types", "error", "rules"].map((name) => join(FROM, `${name}.d.ts`)), RECORDS];

/**
 * What the types name of the DOM's library, as @types/react does it: with the library these add nothing, without it the
 * declarations still compile.
 */
const GLOBALS = `declare global {
    interface AbortSignal {}
    interface HTMLElement {}
    interface RequestInit {}
    interface Response {}
    interface URL {}
    namespace WebAssembly {
        interface Module {}
    }
}
`;

/** Makes one file of what an entry's declarations reach. */
async function rollUp(name) {
  const input = join(FROM, entries[name].replace(/^\.\/js\//, "").replace(/\.ts$/, ".d.ts"));
  const shares = name !== MAIN;
  function resolveId(path, importer) {
    const found = importer && resolve(dirname(importer), path).replace(/(\.d)?\.[jt]s$/, ".d.ts");
    // tsc writes paths as if the output were beside src/.
    const id = found === join(root, "build", "src", "types.d.ts") ? RECORDS : found;
    if (shares && SHARED.includes(id)) return { id: `./${MAIN}.js`, external: true };
    return id === RECORDS ? id : null;
  }
  const bundle = await rollup({
    input,
    plugins: [
      { name: "shared", resolveId },
      dts(),
    ],
    onwarn: (warning) => {
      throw new Error(`${name}: ${warning.message}`);
    },
  });
  const { output } = await bundle.generate({ format: "es" });
  await bundle.close();
  if (output.length !== 1) throw new Error(`the types of ${name} are not one file`);
  return name === MAIN ? output[0].code + GLOBALS : output[0].code;
}

/** Writes dist/types. */
export async function buildTypes() {
  rmSync(FROM, { recursive: true, force: true });
  rmSync(TO, { recursive: true, force: true });
  mkdirSync(TO, { recursive: true });
  await run(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.build.json"]);
  for (const name of Object.keys(entries)) {
    const text = await rollUp(name);
    writeFileSync(join(TO, `${name}.d.ts`), text);
    writeFileSync(join(TO, `${name}.d.cts`), text.replaceAll(`"./${MAIN}.js"`, `"./${MAIN}.cjs"`).replaceAll(`'./${MAIN}.js'`, `'./${MAIN}.cjs'`));
  }
}

// The engine in plain JavaScript, for pages whose policy refuses WebAssembly and for old browsers: the crate compiled for
// the first WebAssembly there was, bound for a bundler, and translated by wasm2js.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { root, run } from "../lib/run.mjs";
import { buildEngine } from "./engine.mjs";

// Control flow as the compiler left it: it makes shorter JavaScript than the one that compresses best as a module.
const OPTIMISE = ["-Oz", "--one-caller-inline-max-function-size=20", "--low-memory-unused"];

/**
 * What wasm2js wrote, with every function that has labels named once more, in the table of those that are called by their
 * numbers. SWC, with which Next.js, Parcel and Rspack minify, writes a function that stands in one place alone into its
 * caller, where its labels meet others of the same name, and that is no JavaScript.
 */
function keepLabelsApart(text) {
  const functions = [...text.matchAll(/^ function ([\w$]+)\(.*?^ \}$/gms)];
  const labelled = functions.filter(([body]) => /^ +[\w$]+ : /m.test(body)).map(([, name]) => name);
  const [table] = /^ var FUNCTION_TABLE = \[[^\]]*/m.exec(text) ?? [];
  if (!table || labelled.length === 0) throw new Error("wasm2js writes something else than it did");
  return text.replace(table, () => [table, ...labelled].join(", "));
}

/**
 * Refuses a translation that takes a float for two integers: WebKit keeps no pattern that is a NaN, so an update in which
 * one of them is -1 would lose the other. It comes of enums that are copied by their fields: see `Machine::take`.
 */
function refuseBitsOfFloats(text) {
  if (/^(?! *function).*wasm2js_scratch_store_f64\(/m.test(text)) {
    throw new Error("the engine in plain JavaScript takes a float for two integers, which WebKit does not keep");
  }
  return text;
}

/**
 * Where the glue imports the module, it gets the translation, and where the translation imports the glue, it gets that:
 * both by way of the gate (js/gate.ts).
 */
const translated = (core, module) => ({
  name: "translated",
  setup({ onResolve, onLoad }) {
    const gated = (path) => ({ path, namespace: "gated" });
    onResolve({ filter: /_bg\.wasm$/ }, () => gated("exports"));
    onResolve({ filter: /_bg\.js$/ }, ({ importer }) => (importer === core ? gated("imports") : undefined));
    onLoad({ filter: /\/core\.js$/ }, () => ({ contents: keepLabelsApart(refuseBitsOfFloats(readFileSync(core, "utf8"))) }));
    const through = (from, crossing, names) => ({
      resolveDir: dirname(core),
      contents: [
        `import { ${crossing} } from "gate";`,
        `import * as inside from "./${from}";`,
        ...names.map(({ name }) => `export const ${name} = ${crossing}(inside.${name});`),
      ].join("\n"),
    });
    onLoad({ filter: /^exports$/, namespace: "gated" }, () => through("core.js", "enter", WebAssembly.Module.exports(module)));
    onLoad({ filter: /^imports$/, namespace: "gated" }, () =>
      through("checkout_updates_bg.js", "leave", WebAssembly.Module.imports(module)),
    );
  },
});

/** Writes `out`/no-wasm.js from the module that was compiled for it. */
export async function buildPlain(compiled, bindgen, exports, out) {
  const binaryen = (tool, args) => run(process.execPath, [join(root, "node_modules", "binaryen", "bin", tool), ...args]);
  const folder = join(out, "plain");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const glue = join(folder, "glue");
  await run(bindgen, ["--target", "bundler", "--no-typescript", "--out-dir", glue, "--out-name", "checkout_updates", "--remove-name-section", "--remove-producers-section", compiled]);
  const file = join(folder, "module.wasm");
  const core = join(glue, "core.js");
  await binaryen("wasm-opt", [...OPTIMISE, "--strip-target-features", join(glue, "checkout_updates_bg.wasm"), "-o", file]);
  await binaryen("wasm2js", [...OPTIMISE, file, "-o", core]);
  const module = new WebAssembly.Module(readFileSync(file));
  const plugins = [translated(core, module)];
  await buildEngine(join(glue, "checkout_updates.js"), exports, join(out, "no-wasm.js"), { plugins });
}

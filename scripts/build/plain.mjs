// The same compiled module as plain JavaScript, for pages on which the browser refuses WebAssembly: bound without what
// only WebAssembly has (tables of JavaScript values, functions with several results), and translated by wasm2js.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../lib/run.mjs";
import { trimGlue } from "./glue.mjs";
import { replaceOnce, shortenGlue, shortenModule } from "./names.mjs";

// What wasm2js reads, and what it does not and wasm-opt can put in other words.
const FEATURES = ["--enable-bulk-memory", "--enable-mutable-globals"];
const LOWER = ["--llvm-nontrapping-fptoint-lowering", "--signext-lowering"];
const LOWERED = ["--enable-bulk-memory-opt", "--enable-nontrapping-float-to-int", "--enable-sign-ext"];

// Control flow as the compiler left it: it makes shorter JavaScript than the one that compresses best as a module.
const OPTIMISE = ["-Oz", "--one-caller-inline-max-function-size=20", "--low-memory-unused"];

const INSTANCE = "{ exports: instantiate(__wbg_get_imports()) }";
const INIT = `function initSync() {
    if (wasm !== undefined) return wasm;
    return __wbg_finalize_init(${INSTANCE});
}
`;

/** The module that says of itself that it was compiled without these: wasm-bindgen goes by that. */
function without(module, features) {
  for (const feature of features) {
    const at = module.lastIndexOf(`+${String.fromCharCode(feature.length)}${feature}`);
    if (at < 0) throw new Error(`the compiled module does not say that it has ${feature}`);
    module[at] = "-".charCodeAt(0);
  }
  return module;
}

/** Where wasm-bindgen's glue has WebAssembly, and what stands there instead. */
const edits = (end) => [
  [`import * as import1 from "__wbindgen_externref_xform__"\n`, `import { instantiate } from "../core.js";\n`],
  [`        "__wbindgen_externref_xform__": import1,\n`, ""],
  // The crate asks where its fixed values end, as in a table; here they are the first of an array.
  [
    "        __wbindgen_object_drop_ref: function(",
    `        __wbindgen_externref_statics_end: function() { return ${end}; },\n        __wbindgen_object_drop_ref: function(`,
  ],
  ["new WebAssembly.Instance(wasmModule, __wbg_get_imports())", INSTANCE],
  // There is no table to fill.
  ["    wasm.__wbindgen_start();\n", ""],
];

/** A view of the memory is made anew when that has grown: it is another buffer then, and the one before is not detached. */
const viewOfMemory = (_, name) => `if (${name} === null || ${name}.buffer !== wasm.memory.buffer) {`;

/** wasm-bindgen's glue without WebAssembly. */
function plainGlue(path, glue) {
  const [, end] = /if \(idx < (\d+)\) return;/.exec(glue) ?? [];
  if (end === undefined) throw new Error("wasm-bindgen's glue has changed: it does not say where its fixed values end");
  const text = edits(end).reduce((text, [from, to]) => replaceOnce(text, from, to), trimGlue(path, glue, INIT));
  const plain = text.replace(/if \((cached\w+Memory0) === null \|\| .*\{$/gm, viewOfMemory);
  if (/byteLength === 0|\.detached/.test(plain)) throw new Error("wasm-bindgen's glue has changed: it keeps views of memory");
  return plain;
}

/**
 * Names every function that has labels once more, in the table of those that are called by their numbers. SWC, with which
 * Next.js, Parcel and Rspack minify, writes a function that stands in one place alone into its caller, where its labels
 * meet others of the same name, and that is no JavaScript.
 */
function keepLabelsApart(text) {
  const functions = [...text.matchAll(/^ function ([\w$]+)\(.*?^ \}$/gms)];
  const labelled = functions.filter(([body]) => /^ +[\w$]+ : /m.test(body)).map(([, name]) => name);
  const [table] = /^ var FUNCTION_TABLE = \[[^\]]*/m.exec(text) ?? [];
  return replaceOnce(text, table, [table, ...labelled].join(", "));
}

/** What wasm2js wrote, as a function that makes an instance: what it has outside of that would be shared by all. */
function factory(text) {
  const parts = keepLabelsApart(text).replace(/^import .*$/gm, "").split("\nvar retasmFunc = ");
  if (parts.length !== 2) throw new Error("wasm2js writes something else than it did");
  return `export function instantiate(imports) {\n${parts[0]}\nreturn asmFunc(imports);\n}\n`;
}

/** Writes `out`/core.js and, by `bind`, the glue that imports it. */
export async function buildPlain(compiled, bind, out) {
  const binaryen = (tool, args) => run(process.execPath, [join(root, "node_modules", "binaryen", "bin", tool), ...args]);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const module = join(out, "module.wasm");
  writeFileSync(module, without(readFileSync(compiled), ["reference-types", "multivalue"]));
  await bind(out, module);
  const glue = join(out, "glue", "checkout_updates.js");
  const bound = join(out, "glue", "checkout_updates_bg.wasm");
  await binaryen("wasm-opt", [...FEATURES, ...LOWERED, "--strip-target-features", ...LOWER, ...OPTIMISE, bound, "-o", module]);
  const { bytes, renamed } = shortenModule(readFileSync(module));
  writeFileSync(module, bytes);
  const core = join(out, "core.js");
  await binaryen("wasm2js", [...FEATURES, ...OPTIMISE, module, "-o", core]);
  writeFileSync(core, factory(readFileSync(core, "utf8")));
  writeFileSync(glue, shortenGlue(plainGlue(glue, readFileSync(glue, "utf8")), renamed));
  for (const left of [module, bound, `${bound}.d.ts`]) rmSync(left, { force: true });
}

// wasm-bindgen's glue without what the facade does not use, and without what it writes for everybody's browsers.
import { dirname, join, relative } from "node:path";
import { root } from "../lib/run.mjs";
import { replaceOnce } from "./names.mjs";

const INIT = `function initSync({ module }) {
    if (wasm !== undefined) return wasm;
    return __wbg_finalize_init(new WebAssembly.Instance(module, __wbg_get_imports()), module);
}
`;

/** One function of the glue's imports that calls a method of the host with what it was given. */
const FORWARDED =
  /^ {8}(\w+): function\(arg0((?:, arg\d+)*)\) \{\n +(?:const ret = )?arg0\.(\w+)\((.*)\);\n(?: +return ret;\n)? {8}\},\n/gm;

/** What those are, by the name that the module imports: numbers and values go through as they are. */
export function forwarded(glue) {
  const plain = (list) => list.replace(/ >>> 0| !== 0/g, "");
  const found = [...glue.matchAll(FORWARDED)].filter(([, , taken, , given]) => plain(`, ${given}`) === (taken || ", "));
  return new Map(found.map(([whole, name, , method]) => [name, { whole, method }]));
}

/** The one function that all these are, found by the name of the method. */
const FORWARD = "new Proxy(import0, { get: (own, name) => own[name] ?? ((host, ...given) => host[name](...given)) })";

/** A function of the glue, up to its end. */
const functionOf = (glue, name) => new RegExp(`^function ${name}\\(.*?^\\}$\\n`, "ms").exec(glue)?.[0] ?? `function ${name}`;

// Most texts are short and ASCII, and the encoder takes a microsecond to begin.
const PASS_STRING = `function passStringToWasm0(arg, malloc) {
    let length = arg.length;
    if (/[^\\0-\\x7f]/.test(arg)) return passArray8ToWasm0(cachedTextEncoder.encode(arg), malloc);
    const ptr = malloc(length, 1) >>> 0;
    const memory = getUint8ArrayMemory0();
    while (length--) memory[ptr + length] = arg.charCodeAt(length);
    WASM_VECTOR_LEN = arg.length;
    return ptr;
}
`;

/** Takes the two classes from where there is something in their place, for environments that lack them. */
const importText = (path) =>
  `import { TextDecoder, TextEncoder } from "${relative(dirname(path), join(root, "js", "text.ts"))}";\n`;

/**
 * The glue of this file without what both modules can do without: loaders, whose warnings go to the console, and a second
 * way to pass texts.
 */
export function trimGlue(path, glue, ownInit = INIT) {
  const [init] = /^function initSync\(module\) \{$.*?^\}$\n/ms.exec(glue) ?? ["initSync"];
  const [polyfill] = /^if \(!\('encodeInto' in cachedTextEncoder\)\) \{$.*?^\}$\n/ms.exec(glue) ?? ["encodeInto"];
  const [rotation] = /^ {4}numBytesDecoded \+= bytes\.length;$.*?^ {4}\}$\n/ms.exec(glue) ?? ["numBytesDecoded"];
  const [guard] = /^function __wbg_call_guard\(\) \{$.*?^\}$\n/ms.exec(glue) ?? ["__wbg_call_guard"];
  const edits = [
    [init, ownInit],
    [functionOf(glue, "passStringToWasm0"), PASS_STRING],
    [polyfill, ""],
    // Safari forgets to free after 2 GB of texts; a page does not pass as much in its life.
    [rotation, ""],
    // Nothing here asks for another instance from within.
    [guard, ""],
  ];
  const text = edits.reduce((text, [from, to]) => replaceOnce(text, from, to), gather(glue));
  return importText(path) + text.replace(/^ +__wbg_call_guard\(\);\n/gm, "").replace(/(passStringToWasm0\(\w+, wasm\.\w+), wasm\.\w+\)/g, "$1)");
}

const EXPORTED = /^export function (?=(\w+))/gm;
const exportsOf = (text) => Array.from(text.matchAll(EXPORTED), ([, name]) => name);

/** The module's exports as one object: of those of a JavaScript module, bundlers would make one with getters. */
function gather(glue) {
  const object = `export const glue = { ${exportsOf(glue).join(", ")} };\nexport { initSync };`;
  return replaceOnce(glue, "export { initSync, __wbg_init as default };", object).replace(EXPORTED, "function ");
}

/** The types that go with it. */
export function gatherTypes(types) {
  const members = exportsOf(types).filter((name) => name !== "initSync").map((name) => `${name}: typeof ${name}`);
  return `${types}\nexport declare const glue: { ${members.join("; ")} };\n`;
}

/** The glue without the functions that `forwarded` found. */
export function forwardGlue(glue, methods) {
  let text = replaceOnce(glue, `": import0,\n`, `": ${FORWARD},\n`);
  for (const { whole } of methods.values()) text = replaceOnce(text, whole, "");
  return text;
}

// wasm-bindgen's glue without the ways of loading a module that the facade does not use.
import { replaceOnce } from "./names.mjs";

const INIT = `function initSync({ module }) {
    if (wasm !== undefined) return wasm;
    return __wbg_finalize_init(new WebAssembly.Instance(module, __wbg_get_imports()), module);
}
`;

/** Drops the loader that fetches, whose warnings go to the console; bundlers then drop what only it used. */
export function trimGlue(glue, ownInit = INIT) {
  const [init] = /^function initSync\(module\) \{$.*?^\}$\n/ms.exec(glue) ?? ["initSync"];
  return replaceOnce(replaceOnce(glue, init, ownInit), "export { initSync, __wbg_init as default };", "export { initSync };");
}

/**
 * A way to let the package's module abort, as it would by a bug of its own. Has to be loaded before the package is: it
 * stands between the module and the functions that the module imports.
 */
let exported;
let isDue = false;

if (globalThis.WebAssembly) {
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(target, [module, imports]) {
      const instance = Reflect.construct(target, [module, imports && watched(imports)]);
      if (instance.exports.__wbindgen_malloc) exported = instance.exports;
      return instance;
    },
  });
}

const watched = (imports) => mapped(imports, (functions) => mapped(functions, watch));

const watch = (imported) =>
  typeof imported === "function" ? (...given) => (abortIfDue(), imported(...given)) : imported;

/** No memory can be had at a multiple of 3, so the module's own code aborts: `RuntimeError: unreachable`. */
function abortIfDue() {
  if (!isDue) return;
  isDue = false;
  exported.__wbindgen_malloc(8, 3);
}

/** Lets the module's next step abort. Tells whether there is a module. */
export function abortNext() {
  isDue = exported !== undefined;
  return isDue;
}

const mapped = (record, change) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

/**
 * Makes the package's module abort, as a bug in it would. It wraps the functions that the module imports, so it has to be
 * loaded before the package.
 */
let isThere = false;
let isDue = false;

if (globalThis.WebAssembly) {
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(target, [module, imports]) {
      const instance = Reflect.construct(target, [module, imports && watched(imports)]);
      // An instance without imports is the package's check whether WebAssembly is allowed.
      isThere ||= imports !== undefined;
      return instance;
    },
  });
}

const watched = (imports) => mapped(imports, (functions) => mapped(functions, watch));

const watch = (imported) =>
  typeof imported === "function" ? (...given) => (abortIfDue(), imported(...given)) : imported;

/** Throws what a trap throws. The module's code catches nothing, so it ends in the middle of a step. */
function abortIfDue() {
  if (!isDue) return;
  isDue = false;
  throw new WebAssembly.RuntimeError("unreachable");
}

/** Makes the module's next step abort. Returns whether there is a module. */
export function abortNext() {
  isDue = isThere;
  return isDue;
}

const mapped = (record, change) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

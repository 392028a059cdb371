/**
 * A way to let the package's module abort, as it would by a bug of its own. Has to be loaded before the package is: it
 * stands between the module and the functions that the module imports.
 */
let isThere = false;
let isDue = false;

if (globalThis.WebAssembly) {
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(target, [module, imports]) {
      const instance = Reflect.construct(target, [module, imports && watched(imports)]);
      // Not the one that is made to see whether one may be made: it imports nothing.
      isThere ||= imports !== undefined;
      return instance;
    },
  });
}

const watched = (imports) => mapped(imports, (functions) => mapped(functions, watch));

const watch = (imported) =>
  typeof imported === "function" ? (...given) => (abortIfDue(), imported(...given)) : imported;

/** What a trap throws, through the module's own code, which catches nothing: it ends in the middle of a step. */
function abortIfDue() {
  if (!isDue) return;
  isDue = false;
  throw new WebAssembly.RuntimeError("unreachable");
}

/** Lets the module's next step abort. Tells whether there is a module. */
export function abortNext() {
  isDue = isThere;
  return isDue;
}

const mapped = (record, change) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

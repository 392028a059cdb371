/** The memory that the package's module works in. Has to be loaded before the package is. */
let latest;

if (globalThis.WebAssembly) {
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(target, given) {
      const instance = Reflect.construct(target, given);
      latest = instance.exports.memory ?? latest;
      return instance;
    },
  });
}

/** Overwrites it, as a fault in memory would: the module's next step is a real trap. Tells whether there was one. */
export function overwriteMemory() {
  if (latest) new Uint8Array(latest.buffer).fill(255);
  return latest !== undefined;
}

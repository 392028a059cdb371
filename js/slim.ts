import { LoadError } from "./engine.js";
import { creator } from "./updates.js";

/** Where the module is: a URL, an answer to a request for it, its bytes, or the module itself, or a promise of these. */
export type WasmSource = string | URL | Response | BufferSource | WebAssembly.Module;

let source: WasmSource | PromiseLike<WasmSource> | undefined;

/** Says where `checkout_updates.wasm` is. It is loaded when it is first needed, and again if that failed. */
export function useWasm(where: WasmSource | PromiseLike<WasmSource>): void {
  source = where;
}

async function compile(): Promise<WebAssembly.Module> {
  if (source === undefined) throw new LoadError("call useWasm(url) first");
  let given = await source;
  if (given instanceof WebAssembly.Module) return given;
  if (typeof given === "string" || given instanceof URL) given = await fetch(given);
  if (!(given instanceof Response)) return WebAssembly.compile(given as BufferSource);
  if (!given.ok) throw new LoadError(`the server answered ${given.status} for checkout_updates.wasm`);
  // Streaming wants the right MIME type; a server that has none still serves the bytes.
  const streams = /^application\/wasm\b/.test(given.headers.get("content-type") ?? "");
  return streams ? WebAssembly.compileStreaming(given) : WebAssembly.compile(await given.arrayBuffer());
}

/** See `Updates` for what it gives. Throws `TypeError`, which names the key, for whatever is wrong with the options. */
export const createUpdates = creator(compile);

export { CheckoutUpdateError, isCheckoutUpdateError } from "./error.js";
export { endpoint, flag, identifier, integer, oneOf } from "./rules.js";
export { bindSwitch } from "./switch.js";
export type { FailureInit } from "./error.js";
export type { BoundSwitch, SwitchOptions } from "./switch.js";
export type * from "./types.js";

import { LoadError } from "./instance.js";
import { creator } from "./updates.js";
import { makerOf } from "./wasm.js";

/** The module: its URL, the response to a request for it, its bytes, or the compiled module. */
export type WasmSource = string | URL | Response | ArrayBuffer | ArrayBufferView | WebAssembly.Module;

// `BufferSource` is a name of the DOM's library alone, so what is published does without it.
type Loaded = Response | BufferSource | WebAssembly.Module;

let source: WasmSource | PromiseLike<WasmSource> | undefined;

/** Sets where `checkout_updates.wasm` comes from. It is loaded when it is first needed, and again if that failed. */
export function useWasm(where: WasmSource | PromiseLike<WasmSource>): void {
  source = where;
}

/** What `useWasm` was given, with a URL turned into its answer. */
async function fetched(): Promise<Loaded> {
  // A page may say so after `createUpdates`, in the same task.
  if (source === undefined) await new Promise((resolve) => setTimeout(resolve));
  if (source === undefined) throw new LoadError("call useWasm(url) first");
  try {
    const given = await source;
    return typeof given === "string" || given instanceof URL ? await fetch(given) : (given as Loaded);
  } catch (cause) {
    throw new LoadError("checkout_updates.wasm could not be fetched; check the URL passed to useWasm", { cause });
  }
}

async function compiled(): Promise<WebAssembly.Module> {
  const given = await fetched();
  if (given instanceof WebAssembly.Module) return given;
  // Taken out: Next.js refuses to build a middleware that names `WebAssembly.compile` in a call, be it never made there.
  const { compile, compileStreaming } = WebAssembly;
  // By its shape: where there is no `Response`, bytes can still be given.
  if (!("arrayBuffer" in given)) return compile(given);
  if (!given.ok) {
    throw new LoadError(
      `the server answered ${given.status} for checkout_updates.wasm; check the URL passed to useWasm`,
    );
  }
  if (given.bodyUsed) throw new LoadError("the Response passed to useWasm has already been read; pass the URL instead");
  // Streaming wants this MIME type and nothing beside it; a server that does not send it still sends the bytes.
  const streams = /^application\/wasm$/i.test(given.headers.get("content-type") ?? "");
  return streams ? compileStreaming(given) : compile(await given.arrayBuffer());
}

/** Creates the `Updates` of a page. Throws a `TypeError` that names a wrong option. */
export const createUpdates = creator(async () => makerOf(await compiled()));

export { CheckoutUpdateError, isCheckoutUpdateError } from "./error.js";
export { address, endpoint, flag, identifier, integer, oneOf, text } from "./rules.js";
export type { FailureInit } from "./error.js";
export type * from "./types.js";

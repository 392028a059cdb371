// jsdom, as Jest runs it, has neither class, and the module's strings need both. The build puts these in place of the
// globals that the generated code names.

const Decoder = class {
  decode(bytes: Iterable<number> = []): string {
    return decodeURIComponent(Array.from(bytes, (byte) => `%${byte < 16 ? 0 : ""}${byte.toString(16)}`).join(""));
  }
};

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

import { TextDecoder } from "./text.js";

/** What this gives; `undefined` if it throws. */
export function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** Objects as the engine sees them: their members by number. Nothing here throws, whatever a page's object does. */
export function createObjects(csrfHeader: string | undefined) {
  let words: string[] = [];
  let decoder: TextDecoder | undefined;
  const get = (object: any, word: number): any => attempt(() => object[words[word]!]);
  const call = (object: any, word: number, argument?: unknown): any => object[words[word]!](argument);
  return {
    words(texts: string) {
      words = texts.split(" ");
      // The last is the page's own.
      words[words.length - 1] = csrfHeader!;
    },
    get,
    number(object: any, word: number): number {
      const value: unknown = get(object, word);
      return typeof value === "number" ? value : NaN;
    },
    is: (object: any, word: number) => !!get(object, word),
    says: (object: any, word: number, text: number) => get(object, word) === words[text],
    can: (object: any, word: number) => typeof get(object, word) === "function",
    call: (object: any, word: number, argument: unknown) => attempt(() => call(object, word, argument)),
    /** The same, for who catches what it throws. */
    callOrThrow: call,
    put(object: any, word: number, value: unknown) {
      object[words[word]!] = value;
    },
    word: (word: number) => words[word],
    create: (word: number) => attempt(() => new (globalThis as any)[words[word]!]()),
    bytes(object: any, word: number, most: number): Uint8Array | undefined {
      const value = get(object, word);
      return attempt(() => {
        if (!ArrayBuffer.isView(value)) return;
        // A view of our own: what says how long it is must not change its mind.
        const { buffer, byteOffset, byteLength } = value;
        return byteLength <= most ? new Uint8Array(buffer, byteOffset, byteLength) : undefined;
      });
    },
    decode: (bytes: Uint8Array) => attempt(() => (decoder ??= new TextDecoder()).decode(bytes)),
    delay: (text: string) => Math.max(0, /^ *\d+ *$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now()),
  };
}

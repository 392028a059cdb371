import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** As an environment has it that has neither class. */
async function without() {
  vi.stubGlobal("TextDecoder", undefined);
  vi.stubGlobal("TextEncoder", undefined);
  return import("../../js/text.js");
}

const [own, other] = [globalThis.TextDecoder, globalThis.TextEncoder];
const texts = [
  "",
  "plain",
  "%41%00",
  "\0\n\r\t\x7f",
  "Größe · 数量 · 🎁",
  "a\ud800b\udc00c",
  "\ud83c\udf81",
  "\ufffd\uffff",
];

test.each(texts)("%j is encoded and decoded as by the browser", async (text) => {
  const { TextDecoder, TextEncoder } = await without();
  const bytes = new other().encode(text);
  expect([...new TextEncoder().encode(text)]).toEqual([...bytes]);
  expect(new TextDecoder().decode(bytes)).toBe(new own().decode(bytes));
});

test("a byte order mark is no text, unless it is asked for", async () => {
  const { TextDecoder } = await without();
  const bytes = new other().encode("\ufeffa\ufeff");
  expect(new TextDecoder().decode(bytes)).toBe("a\ufeff");
  // As the module's strings are decoded.
  expect(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)).toBe("\ufeffa\ufeff");
});

test("nothing is decoded to nothing", async () => {
  const { TextDecoder } = await without();
  expect(new TextDecoder().decode()).toBe("");
});

test("what the environment has is taken", async () => {
  const text = await import("../../js/text.js");
  expect(text.TextDecoder).toBe(own);
  expect(text.TextEncoder).toBe(other);
});

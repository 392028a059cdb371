import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { text } from "../../build/bytes.js";
import { decode } from "../../js/wasm-inline.js";
// @ts-expect-error A script of the build, which has no types.
import { encode } from "../../scripts/build/text.mjs";

const write = encode as (bytes: Uint8Array) => string;

test("every byte goes there and back, whatever is beside it", () => {
  const bytes = Uint8Array.from({ length: 65_536 }, (_, i) => (i & 1 ? i >> 1 : i >> 9));
  expect(decode(write(bytes))).toEqual(bytes);
  expect(decode("")).toEqual(new Uint8Array());
});

test("the text needs no escapes, in whatever quotes of two a bundler sets it", () => {
  expect(write(Uint8Array.from({ length: 256 }, (_, i) => i))).toMatch(/^[!#-[\]-~]+$/);
});

test("what is inlined is the module's file, and says of which build it is", () => {
  const module = readFileSync(new URL("../../build/checkout_updates.wasm", import.meta.url));
  expect(Buffer.from(decode(text)).equals(module)).toBe(true);
  const { build } = JSON.parse(readFileSync(new URL("../../build/build.json", import.meta.url), "utf8"));
  expect(module.includes(build)).toBe(true);
});

import { runInNewContext } from "node:vm";
import { afterEach, expect, test, vi } from "vitest";
import { createObjects } from "../../js/objects.js";

/** With these names by number: 0 `one`, 1 `two`, 2 `Object`, 3 `nothing`, and the page's own. */
const [ONE, TWO, OBJECT, NOTHING, OWN] = [0, 1, 2, 3, 4];
function objects() {
  const objects = createObjects("X-CSRF-Token");
  objects.words("one two Object nothing ");
  return objects;
}

const hostile = new Proxy(
  {},
  {
    get() {
      throw new Error("hostile");
    },
  },
);

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("a word is a text by its number, the last the page's own", () => {
  const { word } = objects();
  expect([ONE, TWO, OWN].map(word)).toEqual(["one", "two", "X-CSRF-Token"]);
});

test("two pages have words of their own", () => {
  const [a, b] = [createObjects("a"), createObjects("b")];
  a.words("x ");
  b.words("x ");
  expect([a.word(1), b.word(1)]).toEqual(["a", "b"]);
});

test("what is no object, or throws, is as if its member were not there", () => {
  const { get, number, is, says, can, call, bytes } = objects();
  for (const object of [undefined, null, 7, "text", Symbol(), {}, hostile]) {
    expect([get(object, ONE), number(object, ONE), call(object, ONE, 1), bytes(object, ONE, 10)]).toEqual([
      undefined,
      NaN,
      undefined,
      undefined,
    ]);
    expect([is(object, ONE), says(object, ONE, TWO), can(object, ONE)]).toEqual([false, false, false]);
  }
});

test("members are read as they are", () => {
  const { get, number, is, says, can } = objects();
  expect([get({ one: 0 }, ONE), number({ one: 7 }, ONE), number({ one: "7" }, ONE)]).toEqual([0, 7, NaN]);
  expect([is({ one: "" }, ONE), is({ one: "a" }, ONE), is({ one: {} }, ONE)]).toEqual([false, true, true]);
  expect([says({ one: "two" }, ONE, TWO), says({ one: "one" }, ONE, TWO)]).toEqual([true, false]);
  expect([can({ one() {} }, ONE), can({ one: {} }, ONE)]).toEqual([true, false]);
});

test("a method is called on its object, and what throws gives nothing", () => {
  const { call, callOrThrow } = objects();
  const object = {
    one(given: unknown) {
      return [this === object, given];
    },
    two() {
      throw new Error("two");
    },
  };
  expect(call(object, ONE, 7)).toEqual([true, 7]);
  expect(call(object, TWO, 7)).toBeUndefined();
  expect(() => callOrThrow(object, TWO, 7)).toThrow("two");
  expect(() => callOrThrow({}, ONE, 7)).toThrow(TypeError);
});

test("a class that is not there, or throws, gives nothing", () => {
  const { create } = objects();
  expect(create(OBJECT)).toEqual({});
  expect(create(NOTHING)).toBeUndefined();
  vi.stubGlobal(
    "nothing",
    class {
      constructor() {
        throw new Error("polyfill");
      }
    },
  );
  expect(create(NOTHING)).toBeUndefined();
});

test("bytes are taken up to a length, also those of another realm", () => {
  const { bytes } = objects();
  const foreign = runInNewContext("new Uint8Array([1, 2, 3])") as Uint8Array;
  for (const value of [new Uint8Array([1, 2, 3]), Buffer.from("abc"), foreign]) {
    expect(bytes({ one: value }, ONE, 3)).toEqual(new Uint8Array([...value]));
    expect(bytes({ one: value }, ONE, 2)).toBeUndefined();
  }
  const none = new Uint8Array();
  expect(bytes({ one: none }, ONE, 0)).toEqual(none);
});

test("a view that lies about its length is read as long as it is", () => {
  const { bytes } = objects();
  const short = Object.defineProperty(new Uint8Array([1, 2, 3]), "length", { value: 1 });
  const broken = Object.defineProperty(new Uint8Array([1, 2, 3]), "length", { get: () => bytes({}, 99, 0)!.length });
  for (const one of [short, broken]) expect(bytes({ one }, ONE, 3)?.length).toBe(3);
  expect(bytes({ one: new BigUint64Array([1n]) }, ONE, 8)).toEqual(new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]));
  const thrown = Object.defineProperty(new Uint8Array(3), "byteLength", {
    get() {
      throw new Error("no length");
    },
  });
  expect(bytes({ one: thrown }, ONE, 3)).toBeUndefined();
});

test("what is no list of bytes has none, whatever length it says", () => {
  const { bytes } = objects();
  const buffer = new ArrayBuffer(3);
  for (const value of [
    ...["text", "", [1, 2, 3], [], { length: 3, 0: 1 }, { length: -1 }, () => {}],
    ...[buffer, new Proxy(new Uint8Array(3), {}), 7, null, undefined],
  ]) {
    expect(bytes({ one: value }, ONE, 10)).toBeUndefined();
  }
});

test("bytes are text as the browser reads it", () => {
  const { decode } = objects();
  expect(decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x41, 0xff, 0xc3]))).toBe("A\ufffd\ufffd");
  expect(decode(new TextEncoder().encode("é😀"))).toBe("é😀");
});

test("Retry-After is seconds or a date, and anything else is none", () => {
  const { delay } = objects();
  vi.spyOn(Date, "now").mockReturnValue(Date.UTC(2026, 0, 1));
  expect(["0", "3", " 3 ", "4294967296"].map(delay)).toEqual([0, 3_000, 3_000, 4_294_967_296_000]);
  expect(delay("Thu, 01 Jan 2026 00:00:05 GMT")).toBe(5_000);
  expect(delay("Wed, 31 Dec 2025 23:00:00 GMT")).toBe(0);
  for (const text of ["", "soon", "3s", "0x10", "1e3", "NaN"]) expect(delay(text)).toBeNaN();
});

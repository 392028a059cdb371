import { expect, test, vi } from "vitest";
import { deferred, errors, failed, read, UNREADABLE } from "../../js/call.js";

const FIELDS = ["interval", "quantity"];

test("an intent is read in declared order, whatever order it is written in", () => {
  expect(read(FIELDS, { quantity: 2, interval: "yearly" })).toEqual({ values: ["yearly", 2] });
  expect(read(FIELDS, { quantity: 2 })).toEqual({ values: [undefined, 2] });
});

test("each property is read once, so that it cannot show one value here and another to the server", () => {
  const interval = vi.fn(() => "yearly");
  const intent = {
    get interval() {
      return interval();
    },
    toJSON: undefined,
  };
  delete (intent as { toJSON?: unknown }).toJSON;
  expect(read(FIELDS, intent).values).toEqual(["yearly", undefined]);
  expect(interval).toHaveBeenCalledOnce();
});

test("only own enumerable properties count", () => {
  const intent = Object.create({ interval: "yearly" }) as object;
  Object.defineProperty(intent, "quantity", { value: 2, enumerable: false });
  expect(read(FIELDS, intent)).toEqual({ values: [undefined, undefined] });
});

test("symbol keys are ignored, and so is what `toJSON` would say", () => {
  class Intent {
    interval = "monthly";
    toJSON() {
      return { interval: "yearly" };
    }
  }
  expect(read(FIELDS, Object.assign(new Intent(), { [Symbol("x")]: 1 }))).toEqual({ values: ["monthly", undefined] });
});

test("the first key that nobody declared is named", () => {
  expect(read(FIELDS, { amount: 1, interval: "yearly", price: 2 })).toEqual({
    values: ["yearly", undefined],
    undeclared: "amount",
  });
  expect(read(FIELDS, { toJSON: 1 }).undeclared).toBe("toJSON");
  expect(read(FIELDS, JSON.parse('{"__proto__":1}')).undeclared).toBe("__proto__");
});

test("a getter that throws makes its field unreadable, and is the cause", () => {
  const thrown = new Error("getter");
  const intent = {
    quantity: 2,
    get interval() {
      throw thrown;
    },
  };
  const { values, cause } = read(FIELDS, intent);
  expect(values).toEqual([UNREADABLE, 2]);
  expect(cause).toBe(thrown);
});

test("a proxy that will not tell its keys makes every field unreadable", () => {
  const thrown = new Error("ownKeys");
  const intent = new Proxy(
    {},
    {
      ownKeys() {
        throw thrown;
      },
    },
  );
  expect(read(FIELDS, intent)).toEqual({ values: [UNREADABLE, UNREADABLE], cause: thrown });
});

test.each([undefined, null, 7, true, Symbol("x")])("%s is an intent without fields", (intent) => {
  expect(read(FIELDS, intent)).toEqual({ values: [undefined, undefined] });
});

test("a text and a list have keys that nobody declared", () => {
  expect(read(FIELDS, "yearly").undeclared).toBe("0");
  expect(read(FIELDS, ["yearly"]).undeclared).toBe("0");
});

test("nobody has to handle a deferred rejection", async () => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  const { promise, reject } = deferred();
  reject(new Error("nobody"));
  await new Promise((resolve) => setTimeout(resolve));
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
  await expect(promise).rejects.toThrow("nobody");
});

test("a failure without an engine has a duration that is whole and not negative", () => {
  const error = failed("unavailable", "change", performance.now() + 1000, "no", undefined, { reason: "signal" });
  expect(error).toMatchObject({ durationMs: 0, attempts: 0, status: null, requestId: null, reason: "signal" });
  expect(failed("unavailable", "change", performance.now() - 7.6, "no", "Words.")).toMatchObject({
    durationMs: 8,
    message: "Words.",
  });
});

/** What the engine says of a failure, with `own` as the page's words. */
const made = (kind: "refused" | "invalid_intent", text: string, own?: string, field = "") =>
  errors(own === undefined ? {} : { [kind]: own })(kind, "no", "change", 0, 1.6, 0, "", text, field, "", undefined);

test("what the server said goes before the page's own words, and those before the default", () => {
  expect(made("refused", "Sold out.", "Own.").message).toBe("Sold out.");
  expect(made("refused", "", "Own.").message).toBe("Own.");
  expect(made("refused", "").message).toBe("Your change was not made.");
});

test("what is wrong with an intent names its field, and gives way to the page's own words", () => {
  expect(made("invalid_intent", "is missing", undefined, "interval").message).toBe('"interval" is missing');
  expect(made("invalid_intent", "is missing", "Own.", "interval")).toMatchObject({
    message: "Own.",
    field: "interval",
  });
});

test("empty texts and 0 are null in an error", () => {
  expect(made("refused", "")).toMatchObject({
    status: null,
    requestId: null,
    field: null,
    reason: null,
    durationMs: 2,
  });
});

import { expect, test, vi } from "vitest";
import { deferred, failed, failure, read, UNREADABLE, type Kept } from "../../js/call.js";
import { KINDS } from "../../js/error.js";
import type { FailureKind } from "../../js/types.js";

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

const NUMBER = Object.fromEntries(KINDS.map((kind, number) => [kind, number])) as Record<FailureKind, number>;

/** What the engine says of a failure, for which this was kept, with `own` as the page's words. */
const made = (kind: FailureKind, kept: Kept = {}, own?: string) =>
  failure(own === undefined ? {} : { [kind]: own }, "change", kept, NUMBER[kind], 0, 0, 1.6, 0, 0);

test("what the server said goes before the page's own words, and those before the default", () => {
  // What was passed is wrong for the first two: see below.
  for (const kind of KINDS.slice(2)) {
    expect(made(kind, { message: "Sold out." }, "Own.").message).toBe("Sold out.");
    expect(made(kind, {}, "Own.").message).toBe("Own.");
  }
  expect(made("refused").message).toBe("Your change was not made.");
  expect(made("refused", {}, "").message).toBe("Your change was not made.");
});

test("what is wrong with what was passed gives way to the page's own words", () => {
  for (const kind of ["invalid_intent", "invalid_session"] as const) {
    expect(made(kind, { message: "is empty" }).message).toBe("is empty");
    expect(made(kind, { message: "is empty" }, "Own.").message).toBe("Own.");
    expect(made(kind, { message: "is empty" }, "").message).toBe("is empty");
  }
  expect(made("invalid_session").message).toBe("Your change was not made. Please reload the page.");
});

test("what is wrong with a field names it, and without words it stays named", () => {
  expect(made("invalid_intent", { message: "is missing", field: "interval" })).toMatchObject({
    message: '"interval" is missing',
    field: "interval",
  });
  expect(made("invalid_intent", { message: "is missing", field: "interval" }, "Own.")).toMatchObject({
    message: "Own.",
    field: "interval",
  });
  expect(made("invalid_intent", { field: "interval" })).toMatchObject({
    message: "Your change was not made.",
    field: "interval",
  });
});

test("the numbers of the engine become names", () => {
  const kept = { requestId: "req_1", cause: "cause" };
  const error = failure({}, "quantity", kept, NUMBER.cancelled, 2, 503, 7, 3, 4);
  expect({ ...error }).toMatchObject({
    kind: "cancelled",
    applied: "unknown",
    endpoint: "quantity",
    status: 503,
    durationMs: 7,
    attempts: 3,
    reason: "disposed",
    requestId: "req_1",
  });
  expect(error.cause).toBe("cause");
  const of = (applied: number, reason: number) => {
    const { applied: told, reason: why } = failure({}, "", {}, NUMBER.cancelled, applied, 0, 0, 0, reason);
    return [told, why];
  };
  expect([of(0, 0), of(1, 1), of(2, 2), of(0, 3), of(0, 5)]).toEqual([
    ["no", null],
    ["yes", "superseded"],
    ["unknown", "cancelled"],
    ["no", "signal"],
    ["no", "left"],
  ]);
});

test("every kind is known by its number", () => {
  expect(KINDS.map((kind) => made(kind).kind)).toEqual(KINDS);
});

test("nothing kept and 0 are null in an error, and milliseconds are whole", () => {
  const error = made("refused");
  expect(error).toMatchObject({
    status: null,
    requestId: null,
    field: null,
    reason: null,
    durationMs: 2,
  });
  expect(Object.hasOwn(error, "cause")).toBe(false);
});

test("a cause is that of one failure, and what else is kept stays", () => {
  const cause = new Error("first");
  const kept: Kept = { cause, requestId: "req_1", result: "body", key: "key" };
  expect(made("network", kept).cause).toBe(cause);
  const next = made("network", kept);
  expect([Object.hasOwn(next, "cause"), next.requestId]).toEqual([false, "req_1"]);
  expect(kept).toEqual({ requestId: "req_1", result: "body", key: "key" });
});

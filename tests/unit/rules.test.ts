import { describe, expect, test } from "vitest";
import { endpoint, flag, identifier, integer, oneOf } from "../../js/rules.js";

const wrong = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as TypeError).message;
  }
  throw new Error("nothing was thrown");
};
const any = (value: unknown) => value as never;

describe("rules", () => {
  test("are plain frozen data", () => {
    const interval = oneOf("monthly", "yearly");
    expect(interval).toMatchObject({ kind: "oneOf", values: ["monthly", "yearly"], isOptional: false });
    expect(Object.isFrozen(interval)).toBe(true);
    expect(identifier("li_")).toMatchObject({ kind: "identifier", prefix: "li_", isOptional: false });
    expect(identifier()).toMatchObject({ kind: "identifier", prefix: "" });
    expect(integer(-1, 10)).toMatchObject({ kind: "integer", min: -1, max: 10 });
    expect(flag()).toMatchObject({ kind: "flag" });
  });

  test("can be made optional without `this`", () => {
    const { optional } = oneOf("a");
    expect(optional()).toMatchObject({ kind: "oneOf", values: ["a"], isOptional: true });
    expect(optional().optional()).toMatchObject({ isOptional: true });
  });

  test.each([
    ["no choice", () => oneOf(...any([]))],
    ["a choice that is no string", () => oneOf("a", any(1))],
    ["a list", () => oneOf(any(["a"]))],
    ["a lone surrogate", () => oneOf("\ud800")],
    ["a choice that is there twice", () => oneOf("a", "a")],
  ])("oneOf refuses %s", (_, make) => expect(wrong(make)).toBe("oneOf: takes different strings"));

  test.each(["li/", "li ", "é", "a".repeat(255), "sk_", "rk_live_", "whsec_", "pi_secret_", null, 5])(
    "identifier refuses the prefix %s",
    (prefix) => expect(wrong(() => identifier(any(prefix)))).toMatch(/^identifier: takes a prefix/),
  );

  test.each([
    [1, 0],
    [0.5, 1],
    [0, 2 ** 53],
    [0, Infinity],
    [NaN, 1],
    ["0", 1],
    [0, undefined],
  ])("integer refuses %s to %s", (min, max) =>
    expect(wrong(() => integer(any(min), any(max)))).toBe("integer: takes two safe integers, the smaller first"),
  );
});

describe("endpoint", () => {
  test("keeps a frozen copy of what it was given", () => {
    const rules = { line_item: identifier("li_"), quantity: integer(0, 10) };
    const made = endpoint("/update-line-item-quantity", rules, { latest: ["line_item"], retries: 2 });
    expect(made).toEqual({
      url: "/update-line-item-quantity",
      rules,
      options: { latest: ["line_item"], retries: 2 },
    });
    for (const part of [made, made.rules, made.options]) expect(Object.isFrozen(part)).toBe(true);
    expect(made.rules).not.toBe(rules);
  });

  test("needs no field and no option", () => {
    expect(endpoint("/update-tax", {})).toEqual({ url: "/update-tax", rules: {}, options: {} });
  });

  test.each([
    "price",
    "priceId",
    "amount",
    "unit_amount",
    "Unit-Amount",
    "unit_amount_decimal",
    "amount_total",
    "currency",
    "line_items",
    "optional_items",
    "price_data",
    "discounts",
    "total",
    "subtotal",
    "tax_rates",
    "shipping_options",
    "client_secret",
    "metadata",
    "status",
    "payment_intent",
    "customer",
    "trial_period_days",
    "expires_at",
  ])("refuses the open field %s", (name) => {
    const told = `endpoint: field "${name}" is the server's to decide; use oneOf or flag`;
    expect(wrong(() => endpoint("/x", { [name]: integer(0, 1) }))).toBe(told);
    expect(wrong(() => endpoint("/x", { [name]: identifier().optional() }))).toBe(told);
    expect(() => endpoint("/x", { [name]: oneOf("usd", "eur") })).not.toThrow();
    expect(() => endpoint("/x", { [name]: flag() })).not.toThrow();
  });

  test.each(["quantity", "product_id", "line_item", "price_list", "total_guests", "promotion_code", "shipping_option"])(
    "lets the open field %s be",
    (name) => expect(() => endpoint("/x", { [name]: identifier() })).not.toThrow(),
  );

  test.each([
    ["no url", () => endpoint(any(undefined), {}), 'endpoint: "url" must be a string that is not empty'],
    ["an empty url", () => endpoint("", {}), 'endpoint: "url" must be a string that is not empty'],
    ["no rules", () => endpoint("/x", any(null)), 'endpoint: "rules" must be an object'],
    ["no rule", () => endpoint("/x", { a: any("oneOf") }), 'endpoint: field "a" needs a rule'],
    ["null for a rule", () => endpoint("/x", { a: any(null) }), 'endpoint: field "a" needs a rule'],
    ["another rule", () => endpoint("/x", { a: any({ kind: "regex" }) }), 'endpoint: field "a" needs a rule'],
    [
      "a rule written by hand that is wrong",
      () => endpoint("/x", { a: any({ kind: "oneOf" }) }),
      'endpoint: field "a" takes different strings',
    ],
    ["a field without a name", () => endpoint("/x", { "": flag() }), 'endpoint: field "" needs a name'],
    [
      "17 fields",
      () => endpoint("/x", Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`f${n}`, flag()]))),
      "endpoint: more than 16 fields",
    ],
    ["options that are none", () => endpoint("/x", {}, any(5)), 'endpoint: "options" must be an object'],
    ["an unknown option", () => endpoint("/x", {}, any({ retry: 1 })), 'endpoint: unknown key "retry"'],
    ["an inherited name", () => endpoint("/x", {}, any({ toString: 1 })), 'endpoint: unknown key "toString"'],
    ["6 retries", () => endpoint("/x", {}, { retries: 6 }), 'endpoint: "retries" must be a whole number from 0 to 5'],
    [
      "a deadline beyond the limit",
      () => endpoint("/x", {}, { timeoutMs: 20_001 }),
      'endpoint: "timeoutMs" must be a whole number from 1 to 20000',
    ],
    [
      "half a millisecond",
      () => endpoint("/x", {}, { attemptTimeoutMs: 0.5 }),
      'endpoint: "attemptTimeoutMs" must be a whole number from 1 to 20000',
    ],
    ["a wrong join", () => endpoint("/x", {}, { join: any("no") }), 'endpoint: "join" must be true or false'],
    [
      "wrong credentials",
      () => endpoint("/x", {}, { credentials: any("all") }),
      'endpoint: "credentials" must be omit, same-origin or include',
    ],
    [
      "latest: true with two fields",
      () => endpoint("/x", { a: flag(), b: flag() }, { latest: true }),
      'endpoint: "latest" must name fields, unless there is one',
    ],
    [
      "latest: true with no field",
      () => endpoint("/x", {}, { latest: true }),
      'endpoint: "latest" must name fields, unless there is one',
    ],
    [
      "latest with a field that is not there",
      () => endpoint("/x", { a: flag() }, { latest: [any("b")] }),
      'endpoint: "latest" names no field: "b"',
    ],
    [
      "an empty latest",
      () => endpoint("/x", { a: flag() }, { latest: [] }),
      'endpoint: "latest" must be true or field names',
    ],
    [
      "retries without a key",
      () => endpoint("/x", {}, { retries: 1, idempotencyKey: false }),
      'endpoint: "retries" need "idempotencyKey"',
    ],
  ])("refuses %s", (_, make, told) => expect(wrong(make)).toBe(told));

  test("leaves out options that are undefined", () => {
    expect(endpoint("/x", {}, { retries: any(undefined) }).options).toEqual({});
  });
});

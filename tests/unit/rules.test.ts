import { describe, expect, test } from "vitest";
import { address, endpoint, flag, identifier, integer, oneOf } from "../../js/rules.js";

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
    expect(address().optional()).toMatchObject({ kind: "address", isOptional: true });
  });

  test("can be made optional without `this`", () => {
    const { optional } = oneOf("a");
    expect(optional()).toMatchObject({ kind: "oneOf", values: ["a"], isOptional: true });
    expect(optional().optional()).toMatchObject({ isOptional: true });
  });

  test.each([
    ["no choice", () => oneOf(...any([])), "nothing"],
    ["a choice that is no string", () => oneOf("a", any(1)), '"a", 1'],
    ["a list", () => oneOf(any(["a"])), "an array"],
    ["a lone surrogate", () => oneOf("\ud800"), "a string of length 1"],
    ["a choice that is there twice", () => oneOf("a", "a"), '"a", "a"'],
  ])("oneOf refuses %s", (_, make, got) => expect(wrong(make)).toBe(`oneOf: takes different strings, not ${got}`));

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
    expect(wrong(() => integer(any(min), any(max)))).toMatch(
      /^integer: takes two safe integers, the smaller first, not .+, .+$/,
    ),
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
      body: expect.any(Function),
    });
    for (const part of [made, made.rules, made.options]) expect(Object.isFrozen(part)).toBe(true);
    expect(made.rules).not.toBe(rules);
  });

  test("says what its answers hold to the compiler alone", () => {
    const made = endpoint("/update-tax", {});
    const { body } = made;
    expect(body<{ tax: number }>()).toBe(made);
  });

  test("needs no field and no option", () => {
    expect(endpoint("/update-tax", {})).toMatchObject({ url: "/update-tax", rules: {}, options: {} });
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
    const told = `endpoint "/x": field "${name}" is the server's to decide; its kind must be oneOf or flag, not `;
    expect(wrong(() => endpoint("/x", { [name]: integer(0, 1) }))).toBe(`${told}integer`);
    expect(wrong(() => endpoint("/x", { [name]: identifier().optional() }))).toBe(`${told}identifier`);
    expect(() => endpoint("/x", { [name]: oneOf("usd", "eur") })).not.toThrow();
    expect(() => endpoint("/x", { [name]: flag() })).not.toThrow();
  });

  test.each(["quantity", "product_id", "line_item", "price_list", "total_guests", "promotion_code", "shipping_option"])(
    "lets the open field %s be",
    (name) => expect(() => endpoint("/x", { [name]: identifier() })).not.toThrow(),
  );

  const KINDS = 'kinds are "oneOf", "identifier", "integer", "text", "flag", "address"';
  const OPTIONS =
    'keys are "latest", "dedupe", "idempotencyKey", "retries", "attemptTimeoutMs", "timeoutMs", "credentials", "csrf"';
  const fields = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, at) => [`f${at}`, flag()]));
  const two = { a: flag(), b: flag() };
  test.each([
    [
      "no url",
      () => endpoint(any(undefined), {}),
      'endpoint undefined: "url" must be a string that is not empty, not undefined',
    ],
    ["an empty url", () => endpoint("", {}), 'endpoint "": "url" must be a string that is not empty, not ""'],
    ["no rules", () => endpoint("/x", any(null)), 'endpoint "/x": "rules" must be an object, not null'],
    ["no rule", () => endpoint("/x", { a: any("oneOf") }), 'endpoint "/x": rule of "a" must be an object, not "oneOf"'],
    [
      "null for a rule",
      () => endpoint("/x", { a: any(null) }),
      'endpoint "/x": rule of "a" must be an object, not null',
    ],
    [
      "another rule",
      () => endpoint("/x", { a: any({ kind: "oneof" }) }),
      `endpoint "/x": rule of "a" has kind "oneof"; ${KINDS}`,
    ],
    [
      "a rule without a kind",
      () => endpoint("/x", { a: any({}) }),
      `endpoint "/x": rule of "a" has kind undefined; ${KINDS}`,
    ],
    [
      "a rule written by hand that is wrong",
      () => endpoint("/x", { a: any({ kind: "oneOf", values: "ab" }) }),
      'endpoint "/x": rule of "a" takes different strings, not "ab"',
    ],
    [
      "a field without a name",
      () => endpoint("/x", { "": flag() }),
      'endpoint "/x": rule of "" has no name; the name of a field has at least one character',
    ],
    ["17 fields", () => endpoint("/x", fields(17)), 'endpoint "/x": "rules" has 17 fields; at most 16 are allowed'],
    ["options that are none", () => endpoint("/x", {}, any(5)), 'endpoint "/x": "options" must be an object, not 5'],
    [
      "an unknown option",
      () => endpoint("/x", {}, any({ retry: 1 })),
      `endpoint "/x": unknown key "retry"; ${OPTIONS}`,
    ],
    [
      "an inherited name",
      () => endpoint("/x", {}, any({ toString: 1 })),
      `endpoint "/x": unknown key "toString"; ${OPTIONS}`,
    ],
    [
      "6 retries",
      () => endpoint("/x", {}, { retries: 6 }),
      'endpoint "/x": "retries" must be a whole number from 0 to 5, not 6',
    ],
    [
      "a deadline beyond the limit",
      () => endpoint("/x", {}, { timeoutMs: 20_001 }),
      'endpoint "/x": "timeoutMs" must be a whole number from 1 to 20000, not 20001',
    ],
    [
      "half a millisecond",
      () => endpoint("/x", {}, { attemptTimeoutMs: 0.5 }),
      'endpoint "/x": "attemptTimeoutMs" must be a whole number from 1 to 20000, not 0.5',
    ],
    [
      "a wrong dedupe",
      () => endpoint("/x", {}, { dedupe: any("no") }),
      'endpoint "/x": "dedupe" must be true or false, not "no"',
    ],
    [
      "wrong credentials",
      () => endpoint("/x", {}, { credentials: any("all") }),
      'endpoint "/x": "credentials" must be "omit", "same-origin" or "include", not "all"',
    ],
    [
      "latest: true with two fields",
      () => endpoint("/x", two, { latest: true }),
      'endpoint "/x": "latest" must name fields if there is not exactly one; fields are "a", "b"',
    ],
    [
      "latest: true with no field",
      () => endpoint("/x", {}, { latest: true }),
      'endpoint "/x": "latest" must name fields if there is not exactly one; fields are none',
    ],
    [
      "latest with a field that is not there",
      () => endpoint("/x", two, { latest: [any("c")] }),
      'endpoint "/x": "latest" has no field "c"; fields are "a", "b"',
    ],
    [
      "latest of an address",
      () => endpoint("/x", { to: address() }, { latest: true }),
      'endpoint "/x": "latest" has field "to", and an address is not compared',
    ],
    [
      "an empty latest",
      () => endpoint("/x", two, { latest: [] }),
      'endpoint "/x": "latest" must be true, false or an array with names of fields, not an array',
    ],
    [
      "retries without a key",
      () => endpoint("/x", {}, { retries: 1, idempotencyKey: false }),
      'endpoint "/x": "retries" is 1; without "idempotencyKey" it must be 0',
    ],
  ])("refuses %s", (_, make, told) => expect(wrong(make)).toBe(told));

  test("leaves out options that are undefined", () => {
    expect(endpoint("/x", {}, { retries: any(undefined) }).options).toEqual({});
  });
});

import { expect, test } from "vitest";
import { CheckoutUpdateError, isCheckoutUpdateError } from "../../js/error.js";
import { ADVICE } from "../../src/browser/error.js";
import type { FailureKind } from "../../js/types.js";

const record = {
  kind: "network",
  applied: "unknown",
  endpoint: "changeInterval",
  status: null,
  durationMs: 12,
  attempts: 1,
  requestId: null,
  code: null,
  detail: null,
  field: null,
  reason: null,
} as const;

test("is an Error with a literal name and the whole failure as fields of its own", () => {
  const error = new CheckoutUpdateError({ ...record, message: "Offline.", cause: new TypeError("x") });
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe("CheckoutUpdateError");
  expect({ ...error }).toMatchObject({ ...record, name: "CheckoutUpdateError" });
  expect(Object.hasOwn(error, "message")).toBe(true);
  expect(error.message).toBe("Offline.");
  expect(error.cause).toBeInstanceOf(TypeError);
  expect(String(error)).toBe("CheckoutUpdateError: Offline.");
});

test("becomes JSON without its cause", () => {
  const error = new CheckoutUpdateError({ ...record, message: "Offline.", cause: "cs_test_secret" });
  expect(JSON.parse(JSON.stringify(error))).toEqual({ ...record, message: "Offline." });
  expect(structuredClone(error.toJSON())).toEqual({ ...record, message: "Offline." });
});

test("has no cause unless one was given", () => {
  expect("cause" in new CheckoutUpdateError(record)).toBe(false);
});

const texts = {
  no: /^Your change was not made\.( Please [a-z ]+\.| It took too long\.)?$/,
  yes: /^Your change was made\.( Please [a-z ]+\.| It took too long\.)?$/,
  unknown: /^Your change may not have been saved\. Please check your order total before you pay\.$/,
};
test.each(Object.keys(ADVICE) as FailureKind[])("%s has a text for the customer that says what is true", (kind) => {
  for (const applied of ["no", "yes", "unknown"] as const) {
    for (const more of [{}, { message: null }, { message: "" }]) {
      expect(new CheckoutUpdateError({ ...record, kind, applied, ...more }).message).toMatch(texts[applied]);
    }
  }
});

test("is known by its shape, so that another copy's errors are too", () => {
  expect(isCheckoutUpdateError(new CheckoutUpdateError(record))).toBe(true);
  expect(isCheckoutUpdateError({ name: "CheckoutUpdateError", kind: "timeout" })).toBe(true);
  for (const value of [undefined, null, 5, "CheckoutUpdateError", new Error("x"), { name: "CheckoutUpdateError" }]) {
    expect(isCheckoutUpdateError(value)).toBe(false);
  }
});

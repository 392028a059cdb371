import { expect, test } from "vitest";
import { CheckoutUpdateError, isCheckoutUpdateError, MESSAGES } from "../../js/error.js";
import type { FailureKind } from "../../js/types.js";

const record = {
  kind: "network",
  applied: "unknown",
  endpoint: "changeInterval",
  status: null,
  durationMs: 12,
  attempts: 1,
  requestId: null,
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
  const { toJSON } = error;
  expect(toJSON()).toEqual({ ...record, message: "Offline." });
});

test("has no cause unless one was given", () => {
  expect("cause" in new CheckoutUpdateError(record)).toBe(false);
});

test.each(Object.keys(MESSAGES) as FailureKind[])("%s has a short, plain text for the customer", (kind) => {
  for (const message of [undefined, null, ""]) {
    const error = new CheckoutUpdateError({ ...record, kind, ...(message === undefined ? {} : { message }) });
    expect(error.message).toBe(MESSAGES[kind]);
  }
  expect(MESSAGES[kind]).toMatch(/^[A-Z][\w ,.]{10,100}\.$/);
});

test("is known by its shape, so that another copy's errors are too", () => {
  expect(isCheckoutUpdateError(new CheckoutUpdateError(record))).toBe(true);
  expect(isCheckoutUpdateError({ name: "CheckoutUpdateError", kind: "timeout" })).toBe(true);
  for (const value of [undefined, null, 5, "CheckoutUpdateError", new Error("x"), { name: "CheckoutUpdateError" }]) {
    expect(isCheckoutUpdateError(value)).toBe(false);
  }
});

import * as carried from "../src/browser/error.js";
import type { CheckoutUpdateErrorShape, Failure } from "./types.js";

/** The fields of a new error: a failure. Without `message`, the kind decides the text. */
export type FailureInit = Omit<Failure, "message"> & { readonly message?: string | null; readonly cause?: unknown };

/** How an update failed. All fields are own fields, so a copy of the error keeps them. */
export interface CheckoutUpdateError extends CheckoutUpdateErrorShape {
  readonly toJSON: () => Failure;
}

/** The class of every failure. */
export const CheckoutUpdateError = carried.CheckoutUpdateError as {
  new (init: FailureInit): CheckoutUpdateError;
  readonly prototype: CheckoutUpdateError;
};

/** Returns whether a value is a `CheckoutUpdateError`, even one of another copy of this package. */
export function isCheckoutUpdateError(value: unknown): value is CheckoutUpdateErrorShape {
  return carried.isCheckoutUpdateError(value);
}

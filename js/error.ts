import * as carried from "../src/browser/error.js";
import type { CheckoutUpdateErrorShape, Failure } from "./types.js";

/** What an error is made from: a failure, whose message may be left to the kind. */
export type FailureInit = Omit<Failure, "message"> & { readonly message?: string | null; readonly cause?: unknown };

/** How an update failed. All fields are its own, so that they survive being copied. */
export interface CheckoutUpdateError extends CheckoutUpdateErrorShape {
  readonly toJSON: () => Failure;
}

/** The class of every failure, as the crate carries it along. */
export const CheckoutUpdateError = carried.CheckoutUpdateError as {
  new (init: FailureInit): CheckoutUpdateError;
  readonly prototype: CheckoutUpdateError;
};

/** Whether a value is a `CheckoutUpdateError`, also one of another copy of this package. */
export function isCheckoutUpdateError(value: unknown): value is CheckoutUpdateErrorShape {
  return carried.isCheckoutUpdateError(value);
}

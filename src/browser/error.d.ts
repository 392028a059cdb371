import type { CheckoutUpdateErrorShape, Failure } from "../types.js";

/** The default messages for the customer, by kind. */
export declare const ADVICE: Readonly<Record<string, string>>;

/** See js/error.ts. */
export declare const CheckoutUpdateError: new (record: object) => CheckoutUpdateErrorShape & {
  readonly toJSON: () => Failure;
};

/** Whether a value is a `CheckoutUpdateError`, even one of another copy of this package. */
export declare function isCheckoutUpdateError(value: unknown): boolean;

/** The record of a failure in `metrics()`. */
export declare function recorded(error: CheckoutUpdateErrorShape): Failure;

import type { CheckoutUpdateErrorShape, Failure } from "../../js/types.js";

/** What a customer is told, by kind. */
export declare const ADVICE: Readonly<Record<string, string>>;

/** See js/error.ts. */
export declare const CheckoutUpdateError: new (record: object) => Error;

/** Whether a value is a `CheckoutUpdateError`, also one of another copy of this package. */
export declare function isCheckoutUpdateError(value: unknown): boolean;

/** The record of a failure in `metrics()`. */
export declare function recorded(error: CheckoutUpdateErrorShape): Failure;

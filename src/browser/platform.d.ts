import type { CheckoutUpdateErrorShape, UpdateFunction } from "../types.js";

/** The property of `globalThis` that holds the stand-in server of `checkout-updates/testing`. */
export declare const STAND_IN: unique symbol;

/** Returns the stand-in server, if there is one. */
export declare function standIn(): unknown;

/** Reports what a callback of the page threw, as the browser reports any error. */
export declare function report(error: unknown): void;

/** Milliseconds by a clock of the page; not a number where it gives anything else, or throws. */
export declare function time(read: () => unknown): number;

/** Gives a function its member `failure`. */
export declare function withFailure(
  update: () => Promise<any>,
  get: () => CheckoutUpdateErrorShape | null,
): UpdateFunction<any>;

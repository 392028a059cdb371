import type { BlockReason, CheckoutUpdateErrorShape, Failure, PayOutcome } from "../../js/types.js";

/** The record of a failure in `metrics()`. */
export declare function recorded(error: CheckoutUpdateErrorShape): Failure;
/** What `pay` resolves to where `confirm` was not called. */
export declare function blocked(reason: BlockReason, session?: unknown): PayOutcome<any, any>;

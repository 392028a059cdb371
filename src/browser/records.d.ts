import type { BlockReason, PayOutcome } from "../types.js";

/** What `pay` resolves to if `confirm` was not called. */
export declare function blocked(reason: BlockReason, session?: unknown): PayOutcome<any, any>;

import type { BlockReason, PayOutcome } from "../../js/types.js";

/** What `pay` resolves to where `confirm` was not called. */
export declare function blocked(reason: BlockReason, session?: unknown): PayOutcome<any, any>;

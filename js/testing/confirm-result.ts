import type { FakeResult } from "./updates.js";

export type FakeConfirmResult =
  | FakeResult
  | {
      type: "error";
      error: { message: string; code: "paymentFailed"; paymentFailed: { declineCode: string | null } };
    };

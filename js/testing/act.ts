import { messageOf } from "./report.js";
import type { FakeSession, SessionInit } from "./session-types.js";
import type { FakeSettings } from "./settings.js";
import type { State } from "./state.js";
import { delay, type Timers } from "./timers.js";
import type { FakeResult } from "./updates.js";

/** What the customer changed by an action of Stripe.js, as `{ updateEmail: "a@example.com" }`. */
export type FakeChange = Readonly<Record<string, unknown>>;

/**
 * Tells a server of a change; gives what has changed in the session beside it, and rejects to refuse. The `code` of an
 * error becomes that of the action's error (`promotionCodeAmountInsufficient`).
 */
export type OnChange = (
  change: FakeChange,
  session: FakeSession,
) => SessionInit | void | PromiseLike<SessionInit | void>;

/** Makes a change after the latency; the difference is worked out then, against the session of that moment. */
export type Act = (change: FakeChange, difference: (session: FakeSession) => SessionInit) => Promise<any>;

/** Thrown by what works out a difference: the change is refused. */
export class Refused<Code> extends Error {
  declare readonly code: Code;
  constructor(message: string, code: Code) {
    super(message);
    this.code = code;
  }
}

export const no = (message: string): Refused<null> => new Refused(message, null);

export function createAct(
  state: State,
  settings: FakeSettings,
  timers: Timers,
  onChange: OnChange | undefined,
  success: () => FakeResult,
): Act {
  return async (change, difference) => {
    await delay(timers, settings.latencyMs);
    try {
      const session = state.session();
      const made = difference(session);
      const answered = await onChange?.(change, session);
      state.apply({ ...made, ...answered });
      if (onChange) await state.refetch(0, "typed");
      state.publish();
      return success();
    } catch (error) {
      const { code = null } = error as Partial<Refused<unknown>>;
      return { type: "error", error: { message: messageOf(error, "The change was refused."), code } };
    }
  };
}

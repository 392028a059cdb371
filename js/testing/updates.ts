import type { Held } from "./held.js";
import { messageOf } from "./report.js";
import type { FakeSession } from "./session-types.js";
import type { FakeSettings } from "./settings.js";
import type { State } from "./state.js";
import { within, type Timers } from "./timers.js";

/** What happened to one call of `runServerUpdate`. */
export interface FakeUpdate {
  /** How often its function was called. */
  calls: number;
  /** Whether the session was fetched after it. */
  refetched: boolean;
  /** How it ended; `null` while it has not. */
  ended: "success" | "error" | "rejection" | null;
}

export type FakeResult<Session = FakeSession> =
  { type: "success"; session: Session } | { type: "error"; error: { message: string; code: null } };

export interface Updates {
  runServerUpdate: (userFunction: () => Promise<unknown>) => Promise<FakeResult>;
  records: readonly FakeUpdate[];
  next: (settings: Partial<FakeSettings>) => void;
  idle: () => Promise<void>;
}

/** A page may run for a long time. */
const MOST_RECORDS = 1000;

const noop = (): void => {};

/** The queue of updates: one runs at a time, and each ends as its settings say. */
export function createUpdates(
  state: State,
  settings: FakeSettings,
  timers: Timers,
  held: Held,
  success: () => FakeResult,
): Updates {
  const records: FakeUpdate[] = [];
  const once: Partial<FakeSettings>[] = [];
  let queue: Promise<unknown> = Promise.resolve();

  /** Runs the function; throws what went wrong. */
  async function perform(plan: FakeSettings, call: () => Promise<unknown>): Promise<void> {
    if (plan.failWith !== null && plan.failAt === "call") throw new Error(plan.failWith);
    const calls = Array.from({ length: plan.calls }, call);
    for (const running of calls) running.catch(noop);
    const never = new Promise<unknown>(noop);
    const work = calls[0] ?? (plan.endsAfterMs === null ? Promise.resolve() : never);
    const limits = { limit: calls[0] ? plan.limitMs : null, early: plan.endsAfterMs };
    const passed = await within(timers, work.then(noop), limits).catch((error: unknown) => {
      if (plan.ends !== "success") throw error;
    });
    if (plan.ends === "success" || plan.ends === "error") return;
    if (passed === "limit") throw new Error("The update took too long.");
    if (passed === "early" || !calls[0]) throw new Error("The update was given up.");
  }

  /** Fetches the session; throws what went wrong. */
  async function fetchSession(plan: FakeSettings, record: FakeUpdate): Promise<void> {
    if (plan.ends === "error") throw new Error("The update failed.");
    if (plan.failWith !== null && plan.ends !== "success") throw new Error(plan.failWith);
    record.refetched = true;
    await state.refetch(plan.latencyMs);
  }

  async function run(
    userFunction: () => Promise<unknown>,
    plan: FakeSettings,
    record: FakeUpdate,
    released: Promise<void> | undefined,
  ): Promise<FakeResult> {
    const call = async (): Promise<unknown> => {
      record.calls += 1;
      return userFunction();
    };
    let step: FakeSettings["failAt"] = "call";
    let failed: { error: unknown } | null = null;
    try {
      await perform(plan, call);
      step = "refresh";
      await fetchSession(plan, record);
    } catch (error) {
      failed = { error };
    }
    const rejects = plan.failures === "documented" ? step === "call" : plan.failures === "reject";
    await released;
    state.pending(-1);
    state.publish();
    if (plan.callsLate) timers.setTimeout(() => void call().catch(noop), 0);
    record.ended = failed ? (rejects ? "rejection" : "error") : "success";
    if (!failed) return success();
    if (rejects) throw failed.error;
    return { type: "error", error: { message: messageOf(failed.error, "The update failed."), code: null } };
  }

  return {
    runServerUpdate: (userFunction) => {
      const plan = { ...settings, ...once.shift() };
      const record: FakeUpdate = { calls: 0, refetched: false, ended: null };
      records.push(record);
      if (records.length > MOST_RECORDS) records.shift();
      state.pending(1);
      state.publish();
      // Awaited from now on, since a release ends the updates so far, also those that have not begun.
      const released = plan.ends === "silent" ? held.wait() : undefined;
      const result = queue.then(() => run(userFunction, plan, record, released));
      queue = result.catch(noop);
      return result;
    },
    records,
    next: (overrides) => void once.push(overrides),
    idle: async () => {
      let seen: unknown;
      while (seen !== queue) await (seen = queue);
    },
  };
}

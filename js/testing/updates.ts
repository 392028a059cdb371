import type { FakeSession } from "./session-types.js";
import type { State } from "./state.js";
import { within, type Timers } from "./timers.js";

/** How the stand-in behaves. Each can be changed at run time, by `fake.set` or for one update by `fake.next`. */
export interface FakeSettings {
  /** How long each fetch of the session and each action takes. Default 0. */
  latencyMs: number;
  /** How long an update's function may take. It does not cover the fetch of the session. Default 20 000. */
  limitMs: number;
  /** Whether a failed update resolves to `{type: "error"}` or rejects; nobody outside Stripe can tell. */
  failures: "result" | "reject";
  /** Lets an update fail with this message. Default `null`. */
  failWith: string | null;
  /** Where `failWith` strikes: before the function is called, or when the session is fetched after it. */
  failAt: "call" | "refresh";
  /** How often the function is called. Default 1. */
  calls: 0 | 1 | 2;
  /** Whether the function is called once more after the update has ended. */
  callsLate: boolean;
  /** What Stripe.js says at the end: the truth, something else, or nothing until `fake.release()`. */
  ends: "honest" | "success" | "error" | "silent";
  /** Ends an update after this many milliseconds, whatever its function does. Default `null`. */
  endsAfterMs: number | null;
  /** Lets `confirm` fail as a declined payment with this message. Default `null`. */
  declineWith: string | null;
}

/** Settings as they are given: what is `undefined` is left as it is. */
export type FakeSettingsInit = { [K in keyof FakeSettings]?: FakeSettings[K] | undefined };

export const DEFAULTS: FakeSettings = {
  latencyMs: 0,
  limitMs: 20_000,
  failures: "result",
  failWith: null,
  failAt: "call",
  calls: 1,
  callsLate: false,
  ends: "honest",
  endsAfterMs: null,
  declineWith: null,
};

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
  release: () => void;
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
  success: (session: FakeSession) => FakeResult,
): Updates {
  const records: FakeUpdate[] = [];
  const once: Partial<FakeSettings>[] = [];
  let held: (() => void)[] = [];
  let queue: Promise<unknown> = Promise.resolve();

  /** Runs the function and fetches the session; throws what went wrong. */
  async function perform(plan: FakeSettings, record: FakeUpdate, call: () => Promise<unknown>): Promise<void> {
    if (plan.failWith !== null && plan.failAt === "call") throw new Error(plan.failWith);
    const calls = Array.from({ length: plan.calls }, call);
    for (const running of calls) running.catch(noop);
    const never = new Promise<unknown>(noop);
    const work = calls[0] ?? (plan.endsAfterMs === null ? Promise.resolve() : never);
    const limits = { limit: calls[0] ? plan.limitMs : null, early: plan.endsAfterMs };
    const passed = await within(timers, work.then(noop), limits).catch((error: unknown) => {
      if (plan.ends !== "success") throw error;
    });
    if (plan.ends === "error") throw new Error("The update failed.");
    if (plan.ends !== "success") {
      if (passed === "limit") throw new Error("The update took too long.");
      if (passed === "early" || !calls[0]) throw new Error("The update was given up.");
      if (plan.failWith !== null) throw new Error(plan.failWith);
    }
    record.refetched = true;
    await state.refetch(plan.latencyMs);
  }

  async function run(
    userFunction: () => Promise<unknown>,
    plan: FakeSettings,
    record: FakeUpdate,
    released: Promise<void>,
  ): Promise<FakeResult> {
    const call = async (): Promise<unknown> => {
      record.calls += 1;
      return userFunction();
    };
    const failed = await perform(plan, record, call).then(
      () => null,
      (error: unknown) => ({ error }),
    );
    if (plan.ends === "silent") await released;
    state.pending(-1);
    state.publish();
    if (plan.callsLate) timers.setTimeout(() => void call().catch(noop), 0);
    record.ended = failed ? (plan.failures === "reject" ? "rejection" : "error") : "success";
    if (!failed) return success(state.session());
    if (plan.failures === "reject") throw failed.error;
    return { type: "error", error: { message: messageOf(failed.error), code: null } };
  }

  return {
    runServerUpdate: (userFunction) => {
      const plan = { ...settings, ...once.shift() };
      const record: FakeUpdate = { calls: 0, refetched: false, ended: null };
      records.push(record);
      if (records.length > MOST_RECORDS) records.shift();
      state.pending(1);
      state.publish();
      const released = new Promise<void>((resolve) => {
        if (plan.ends === "silent") held.push(resolve);
      });
      const result = queue.then(() => run(userFunction, plan, record, released));
      queue = result.catch(noop);
      return result;
    },
    records,
    next: (overrides) => void once.push(overrides),
    release: () => {
      const resolves = held;
      held = [];
      for (const resolve of resolves) resolve();
    },
    idle: async () => {
      let seen: unknown;
      while (seen !== queue) await (seen = queue);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error && error.message ? error.message : "The update failed.";
}

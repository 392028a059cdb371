import { completeSession } from "./session.js";
import type { FakeSession, SessionInit } from "./session-types.js";
import { delay, type Timers } from "./timers.js";

export type ChangeHandler = (session: FakeSession) => void;

/** Gives the session as a server has it now. */
export type Refresh = (id: string) => SessionInit | PromiseLike<SessionInit>;

/** The session in three layers: what the server has, what the page was last told, and what the customer typed. */
export interface State {
  session: () => FakeSession;
  on: (handler: ChangeHandler) => void;
  /** Changes the session on the server; the page does not know yet. */
  server: (change: SessionInit) => void;
  /** Changes the session here and now: what the customer typed stays, the rest is the server's to say again. */
  apply: (change: SessionInit) => void;
  /** Fetches the session from the server. */
  refetch: (latencyMs: number) => Promise<void>;
  /** Counts one more or one fewer update that is queued or running. */
  pending: (change: 1 | -1) => void;
  isPending: () => boolean;
  /** Shows what has changed and tells the listeners, unless quietly. */
  publish: (how?: { quietly: boolean }) => void;
}

// What Stripe.js holds itself until the payment is confirmed, and how that ended.
const TYPED: ReadonlySet<string> = new Set<keyof SessionInit>([
  "billingAddress",
  "email",
  "lastPaymentError",
  "nameCollection",
  "phoneNumber",
  "shippingAddress",
  "status",
  "taxIdInfo",
]);

export function createState(
  given: SessionInit,
  refresh: Refresh | undefined,
  canConfirm: (session: FakeSession) => boolean,
  timers: Timers,
): State {
  const handlers: ChangeHandler[] = [];
  let onServer: SessionInit = given;
  let told: SessionInit = given;
  let typed: SessionInit = {};
  let updates = 0;
  let shown = complete();

  function complete(): FakeSession {
    const session: FakeSession = { ...completeSession({ ...told, ...typed }), canConfirm: true };
    session.canConfirm = updates === 0 && session.status.type === "open" && canConfirm(session);
    return session;
  }

  function publish({ quietly } = { quietly: false }): void {
    const next = complete();
    if (JSON.stringify(next) === JSON.stringify(shown)) return;
    shown = next;
    for (const handler of quietly ? [] : handlers) {
      try {
        handler(next);
      } catch (error) {
        // A listener that throws must be seen, and must not stop the others.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  return {
    session: () => shown,
    on: (handler) => void handlers.push(handler),
    server: (change) => {
      onServer = { ...onServer, ...change };
    },
    apply: (change) => {
      for (const [key, value] of Object.entries(change)) {
        if (TYPED.has(key)) typed = { ...typed, [key]: value };
        else onServer = { ...onServer, [key]: value };
      }
      told = onServer;
    },
    refetch: async (latencyMs) => {
      await delay(timers, latencyMs);
      if (refresh) onServer = { ...onServer, ...(await refresh(shown.id)) };
      told = onServer;
    },
    pending: (change) => {
      updates += change;
    },
    isPending: () => updates > 0,
    publish,
  };
}

import { report } from "./report.js";
import { completeSession } from "./session.js";
import type { FakeSession, SessionInit } from "./session-types.js";
import type { FakeSettings } from "./settings.js";
import { delay, type Timers } from "./timers.js";

export type ChangeHandler = (session: FakeSession) => void;

/** Gives the session as a server has it now. */
export type Refresh = (id: string) => SessionInit | PromiseLike<SessionInit>;

/** The session in three layers: what the server has, what the page was last told, and what the customer typed. */
export interface State {
  /** The session as the page was last told it, for the stand-in itself. */
  session: () => FakeSession;
  /** The same for the page: an object that notes whether the total is read. */
  shown: () => FakeSession;
  /** Whether the page has read the total, ready to be shown or as minor units and currency. */
  isTotalRead: () => boolean;
  on: (handler: ChangeHandler) => void;
  /** Changes the session on the server; the page does not know yet. */
  server: (change: SessionInit) => void;
  /** Changes the session here and now: what the customer typed stays, the rest is the server's to say again. */
  apply: (change: SessionInit) => void;
  /** Fetches the session from the server; with `overwrites`, what the customer typed gives way unless it is kept. */
  refetch: (latencyMs: number, keep?: "typed") => Promise<void>;
  /** Counts one more or one fewer update that is queued or running. */
  pending: (change: 1 | -1) => void;
  isPending: () => boolean;
  /** Shows what has changed and tells the listeners, unless quietly. */
  publish: (how?: { quietly: boolean }) => void;
}

// What Stripe.js holds itself until the payment is confirmed, and how that ended.
const ENDED = ["lastPaymentError", "status"] as const satisfies (keyof SessionInit)[];
const TYPED: ReadonlySet<string> = new Set<keyof SessionInit>([
  "billingAddress",
  "email",
  "nameCollection",
  "phoneNumber",
  "shippingAddress",
  "taxIdInfo",
  ...ENDED,
]);

export function createState(
  given: SessionInit,
  refresh: Refresh | undefined,
  canConfirm: (session: FakeSession) => boolean,
  settings: FakeSettings,
  timers: Timers,
): State {
  const handlers: ChangeHandler[] = [];
  let onServer: SessionInit = given;
  let told: SessionInit = given;
  let typed: SessionInit = {};
  let updates = 0;
  const read = { amount: false, minorUnits: false, currency: false };
  let current = complete();
  let shown = noticed(current);

  function complete(): FakeSession {
    const session: FakeSession = { ...completeSession({ ...told, ...typed }), canConfirm: true };
    session.canConfirm = updates === 0 && session.status.type === "open" && canConfirm(session);
    return session;
  }

  function publish({ quietly } = { quietly: false }): void {
    const next = complete();
    if (JSON.stringify(next) === JSON.stringify(current)) return;
    current = next;
    shown = noticed(next);
    for (const handler of quietly ? [] : handlers) {
      try {
        handler(shown);
      } catch (error) {
        report(error);
      }
    }
  }

  /** The session with own getters for its total, since Stripe.js refuses a payment whose total the page never read. */
  function noticed(session: FakeSession): FakeSession {
    const { currency, total } = session;
    const { minorUnitsAmount, amount } = total.total;
    return {
      ...session,
      get currency() {
        read.currency = true;
        return currency;
      },
      total: {
        ...total,
        total: {
          get minorUnitsAmount() {
            read.minorUnits = true;
            return minorUnitsAmount;
          },
          get amount() {
            read.amount = true;
            return amount;
          },
        },
      },
    };
  }

  return {
    session: () => current,
    shown: () => shown,
    isTotalRead: () => read.amount || (read.minorUnits && read.currency),
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
    refetch: async (latencyMs, keep) => {
      await delay(timers, latencyMs);
      if (refresh) onServer = { ...onServer, ...(await refresh(current.id)) };
      told = onServer;
      if (settings.overwrites && !keep) typed = pick(typed, ENDED);
    },
    pending: (change) => {
      updates += change;
    },
    isPending: () => updates > 0,
    publish,
  };
}

function pick<T extends object>(record: T, keys: readonly (keyof T)[]): Partial<T> {
  return Object.fromEntries(keys.filter((key) => key in record).map((key) => [key, record[key]])) as Partial<T>;
}

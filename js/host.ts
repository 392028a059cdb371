import { failure, type Kept, type Owed } from "./call.js";
import { measure, send } from "./environment.js";
import { attempt, createObjects } from "./objects.js";
import type { NormalisedOptions } from "./options.js";
import { LOOK } from "./page.js";
import type { CheckoutUpdateErrorShape } from "./types.js";

/** The task that was let through for an update is over: see `on` in `src/exports.rs`. */
const RESTED = 6;

/** What a refresh lets Stripe.js call. */
const nothing = () => Promise.resolve();

/** What the host of an engine works for. */
export interface Owner {
  options: NormalisedOptions;
  /** Whose functions have not ended. */
  works: Map<number, Owed>;
  /** Those of which something was sent. */
  sent: Set<number>;
  nameOf(endpoint: number): string;
  /** What was promised under this number. */
  callOf(id: number): Owed | undefined;
  /** The actions that were seen last. */
  lastActions(): any;
  /** Tells the engine what happened. */
  on(event: number, id?: number): void;
  /** Tells the engine how something ended that it waited for. */
  came(id: number, what: number, ok: boolean, value: unknown): void;
  settle(id: number, ok: boolean, value: unknown, session: unknown): void;
  count(error: CheckoutUpdateErrorShape): void;
  stale(value: boolean): void;
}

/** The engine's way out: `Host` in `src/browser/host.rs`. Once it is stopped, nothing reaches the engine any more. */
export function createHost(owner: Owner) {
  const { options, works, sent, nameOf, callOf, on, settle } = owner;
  const { csrf, messages } = options;
  const objects = createObjects(csrf?.header);
  const keptOf = (id: number): Kept => callOf(id)?.kept ?? {};
  const name = (word: number) => objects.word(word)!;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = Infinity;
  let stopped = false;

  const look = () => {
    due = Infinity;
    on(LOOK);
  };

  /** Waits for a promise, a thenable or a plain value, and for what throws instead of giving one. */
  const wait = (id: number, what: number, act: () => unknown) => {
    const end = (ok: boolean) => (value: unknown) => void (stopped || owner.came(id, what, ok, value));
    // Not `Promise.resolve`: a promise goes through that as it is, and its own `then` may throw.
    new Promise((resolve) => resolve(act())).then(end(true), end(false));
  };

  const host = {
    ...objects,
    keep(id: number, word: number, value: unknown) {
      (keptOf(id) as Record<string, unknown>)[name(word)] = value;
    },
    kept: (id: number, word: number) => (keptOf(id) as Record<string, unknown>)[name(word)],
    // Stripe suggests a UUID of version 4. Only secure pages have a source of them.
    key: (id: number) => (keptOf(id).key ??= attempt(() => crypto.randomUUID()) ?? randomKey()),
    parse(id: number, text: string): unknown {
      try {
        return JSON.parse(text);
      } catch (cause) {
        keptOf(id).cause = cause;
        return undefined;
      }
    },
    refill(id: number, bytes: Uint8Array) {
      const { update, kept } = callOf(id)!;
      // `run` gives the body alone.
      if (!update) kept.answer = attempt(() => refilled(kept.answer as Response, bytes)) ?? kept.answer;
    },
    actions(id: number) {
      const call = callOf(id);
      return call && "actions" in call ? call.actions : owner.lastActions();
    },
    fetch(id: number, what: number, init: RequestInit) {
      sent.add(id);
      const { url, credentials } = options.endpoints[callOf(id)!.endpoint]!;
      wait(id, what, () => send(url, { ...init, credentials }));
    },
    token: (id: number, what: number) => wait(id, what, () => csrf!.token()),
    work(id: number, what: number, signal: AbortSignal) {
      sent.add(id);
      wait(id, what, () => callOf(id)!.own!(signal));
    },
    run: (id: number, what: number) =>
      wait(id, what, () => host.actions(id).runServerUpdate(callOf(id)?.update ?? nothing)),
    later: (id: number, what: number, object: unknown, word: number) =>
      wait(id, what, () => objects.callOrThrow(object, word)),
    // The 0 is for clocks of tests: Node's takes no delay for a time that never comes.
    rest: (id: number) => void setTimeout(() => stopped || on(RESTED, id), 0),
    wake(ms: number) {
      // A timer that fires before it is needed is cheaper than one that is set anew for each update.
      const at = ms < 0 ? Infinity : performance.now() + ms;
      if (stopped || (ms >= 0 && at >= due)) return;
      clearTimeout(timer);
      due = at;
      // Whole milliseconds that are enough: one that fires early would have to be set again.
      if (ms >= 0) timer = setTimeout(look, Math.ceil(ms));
    },
    fail(id: number, settles: boolean, kind: number, ...numbers: [number, number, number, number, number]) {
      const call = callOf(id);
      const error = failure(messages, nameOf(call?.endpoint ?? -1), keptOf(id), kind, ...numbers);
      if (settles) settle(id, false, error, undefined);
      else keptOf(id).result = error;
    },
    end(id: number, ok: boolean) {
      const call = works.get(id);
      if (ok) call?.work!.resolve(call.kept.answer);
      else call?.work!.reject(call.kept.result);
    },
    forget(id: number) {
      works.delete(id);
      sent.delete(id);
    },
    settle: (caller: number, id: number, ok: boolean, session: unknown) =>
      settle(caller, ok, keptOf(id).result, session),
    count: (id: number) => owner.count(keptOf(id).result as CheckoutUpdateErrorShape),
    measure: (endpoint: number, ms: number) => measure(nameOf(endpoint), ms),
    // Flags come as numbers.
    stale: (stale: boolean) => owner.stale(!!stale),
  };

  return {
    host,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** An answer like this one, with these bytes as a body that is still to be read. */
function refilled(answer: Response, bytes: Uint8Array): Response {
  // A body that is not null is forbidden for some statuses, as 205.
  const copy = new Response(bytes.length ? (bytes as Uint8Array<ArrayBuffer>) : null, answer);
  return Object.defineProperty(copy, "url", { value: answer.url });
}

/** 128 random bits, as good as the page has them. */
function randomKey(): string {
  const bytes = new Uint8Array(16);
  if (!attempt(() => crypto.getRandomValues(bytes))) bytes.forEach((_, i) => (bytes[i] = Math.random() * 256));
  return Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join("");
}

import { deferred, failed, read, UNREADABLE, type Owed, type Reading } from "./call.js";
import { declare } from "./declare.js";
import { enter, isAlive, load, mourn, type Glue, type Source } from "./engine.js";
import { createHost } from "./host.js";
import { canRun, isPage, safely } from "./environment.js";
import { createLedger } from "./ledger.js";
import { normalise } from "./options.js";
import { watchPage } from "./page.js";
import type {
  Applied,
  CancelReason,
  CheckoutUpdateErrorShape,
  Endpoints,
  FailureKind,
  Outcome,
  RunOptions,
  Snapshot,
  UpdateFunction,
  Updates,
  UpdatesOptions,
} from "./types.js";

/** What `run` needs to know of a function made by `request` or `wrap`. */
interface Recipe {
  readonly endpoint: number;
  readonly reading: Reading;
  readonly own?: (signal: AbortSignal) => unknown;
  setFailure(error: CheckoutUpdateErrorShape | null): void;
}

/** What else the engine is told of by `on`, see `src/exports.rs`. */
const CALLED = 5;
const DETACH = 7;
const CANCEL = 8;
const DISPOSE = 9;
const REFRESH = 10;
const DOUBT = 11;

/** The types of an intent's values by the number that the engine knows them by; two more follow. */
const TYPES = ["string", "number", "boolean", "undefined"];

/** Makes `createUpdates` for a way to load the engine. */
export function creator(source: Source) {
  return function createUpdates<const E extends Endpoints>(given: UpdatesOptions<E>): Updates<E> {
    const options = normalise(given as unknown as UpdatesOptions<Endpoints>);
    const names = options.endpoints.map(({ name }) => name);
    const recipes = new WeakMap<object, Recipe>();
    const owed = new Map<number, Owed>();
    // Whose functions have not ended: an update outlives a caller that is detached.
    const works = new Map<number, Owed>();
    const sent = new Set<number>();
    const listeners = new Set<() => void>();
    const idle = new Set<(state: { stale: boolean }) => void>();
    const reporters = new Set<() => string>();
    const ledger = createLedger(names);
    let snapshot: Snapshot = { pending: false, stale: false };
    let stale = false;
    let lastId = 0;
    let handle: number | undefined;
    let actionsSeen: object | undefined;
    let doubtful = false;
    let unwatch: (() => void) | undefined;
    let leave: (() => void) | undefined;

    /** Enters the engine, if it knows this object. */
    const tell = <T>(act: (glue: Glue, handle: number) => T): T | undefined =>
      handle === undefined ? undefined : enter((glue) => act(glue, handle!));
    const callOf = (id: number) => works.get(id) ?? owed.get(id);
    const lastActions = () => actionsSeen;
    const now = (): [number, number] => [performance.now(), Date.now()];
    const nameOf = (endpoint: number) => names[endpoint] ?? "";
    const isPending = (name?: string) => {
      for (const call of owed.values()) {
        if (call.counts && (name === undefined || nameOf(call.endpoint) === name)) return true;
      }
      return false;
    };

    function changed(): void {
      const pending = isPending();
      if (pending !== snapshot.pending || stale !== snapshot.stale) {
        snapshot = { pending, stale };
        for (const listener of [...listeners]) safely(listener);
      }
      if (!pending) {
        for (const resolve of idle) resolve({ stale });
        idle.clear();
      }
    }

    function settle(id: number, ok: boolean, value: unknown, session: unknown): void {
      const call = owed.get(id);
      owed.delete(id);
      call?.settle(ok, value, session);
      changed();
    }

    function setStale(value: boolean): void {
      stale = value;
      changed();
    }

    const came = (id: number, what: number, ok: boolean, value: unknown) =>
      void tell((glue, handle) => glue.came(handle, id, what, ok, value));

    function count(error: CheckoutUpdateErrorShape): void {
      ledger.keep(error);
      safely(options.onFailure, error);
    }

    /** Settles what the engine cannot settle, since it is not there. */
    function fail(
      call: Owed,
      kind: FailureKind,
      applied: Applied,
      text?: string,
      more?: { cause?: unknown; reason?: CancelReason },
    ) {
      const error = failed(kind, nameOf(call.endpoint), call.at[0], applied, options.messages[kind] ?? text, more);
      if (kind !== "cancelled") {
        if (call.counts) ledger.note(call.endpoint, error);
        count(error);
      }
      call.work?.reject(error);
      settle(call.id, false, error, undefined);
    }

    /** Tells the engine of an event. */
    const on = (event: number, id = 0) => void tell((glue, handle) => glue.on(handle, event, id));
    /** A counter of the engine, if there is one. */
    const counter = () =>
      handle === undefined
        ? undefined
        : (endpoint: number, position: number) => tell((glue, handle) => glue.count(handle, endpoint, position)) ?? 0;

    const watch = () => (unwatch ??= watchPage(on, sendReports));

    function sendReports(): void {
      const count = counter();
      const news = reporters.size && count && ledger.news(count);
      if (!news) return;
      for (const url of reporters) safely(() => void navigator.sendBeacon(url(), news));
    }

    const declareLater = (position: number) => void tell((glue, handle) => declare(glue, handle, options, position));

    /** Makes this object known to the engine. Gives whether it is. */
    function open(): boolean {
      if (handle === undefined && isAlive()) {
        enter((glue) => {
          const { host, stop } = createHost({
            ...{ options, works, sent, nameOf, callOf, lastActions },
            ...{ on, came, settle, count, stale: setStale },
          });
          handle = glue.open(host, options.sessionField);
          names.forEach((_, position) => declareLater(position));
          ledger.play((endpoint, kind, ms) => glue.note(handle!, endpoint, kind, ms));
          const spare = mourn(() => {
            stop();
            died();
          });
          leave = () => {
            stop();
            spare();
          };
          if (doubtful) glue.on(handle, DOUBT, 0);
          doubtful = false;
        });
        watch();
      }
      return handle !== undefined;
    }

    /** The module has trapped: what it owed is settled here, and the next update finds a fresh instance. */
    function died(): void {
      handle = undefined;
      const applied = sent.size ? "unknown" : "no";
      const lost = [...works.values()];
      works.clear();
      sent.clear();
      stale = doubtful = true;
      // From here on callbacks of the page may begin what the fresh instance is to do.
      for (const call of [...owed.values()]) if (call.played) fail(call, "internal", applied);
      for (const { work, endpoint, at } of lost) {
        work?.reject(failed("internal", nameOf(endpoint), at[0], applied, options.messages.internal));
      }
      changed();
      // The fresh instance finds out what the server has.
      if (actionsSeen) open();
    }

    function play(): void {
      if (!open()) return;
      for (const call of [...owed.values()]) {
        if (call.played || handle === undefined) continue;
        call.played = true;
        if (call.work) works.set(call.id, call);
        call.play();
      }
    }

    /** Hands a call to the engine, or keeps it until there is one. */
    function begin(call: Owed): void {
      owed.set(call.id, call);
      changed();
      if (!canRun()) return fail(call, "unavailable", "no", "Updates run in a browser, or with ./testing's server.");
      if (isAlive()) return play();
      const limit = options.endpoints[call.endpoint]?.timeoutMs ?? options.timeoutMs;
      const isWaiting = () => owed.get(call.id) === call && !call.played;
      const timer = setTimeout(() => {
        if (isWaiting()) fail(call, "unavailable", "no", "checkout-updates: the module was not loaded in time.");
      }, limit);
      load(source).then(
        () => {
          clearTimeout(timer);
          play();
        },
        (cause: Error) => {
          clearTimeout(timer);
          if (isWaiting()) fail(call, "unavailable", "no", `checkout-updates: ${cause.message}.`, { cause });
        },
      );
    }

    /** The session id, read now: as the call says, else as the option does. A function of the page needs none. */
    function session(of: Recipe, given?: RunOptions): { session?: unknown; cause: unknown } {
      const { cause } = of.reading;
      try {
        return { session: of.own ? undefined : (given?.session ?? options.session?.()), cause };
      } catch (thrown) {
        return { session: UNREADABLE, cause: cause ?? thrown };
      }
    }

    function ask(call: Owed, { reading, endpoint }: Recipe, session: unknown): void {
      enter((glue) => {
        const { values, undeclared } = reading;
        for (const value of values ? [session, ...values] : []) {
          const known = TYPES.indexOf(typeof value);
          const type = known < 0 ? TYPES.length + +(value !== UNREADABLE) : known;
          glue.value(handle!, type, type ? Number(type < 3 && value) : 0, type ? "" : (value as string));
        }
        glue.ask(handle!, call.id, endpoint, !!call.update, !values, undeclared, ...call.at);
      });
    }

    /** What Stripe.js is given: each call gets the same promise, and one that comes too late is refused by it. */
    const work = (call: Owed) => () => {
      if (works.has(call.id)) on(CALLED, call.id);
      return call.work!.promise;
    };

    /** A new update, for which everything that the page says is read now. */
    function owe(of: Recipe, given: RunOptions | undefined, rest: Pick<Owed, "actions" | "settle">): Owed {
      const { session: id, cause } = session(of, given);
      of.setFailure(null);
      const call: Owed = {
        id: ++lastId,
        endpoint: of.endpoint,
        at: now(),
        counts: true,
        work: deferred(),
        own: of.own,
        kept: { cause },
        play: () => ask(call, of, id),
        ...rest,
      };
      return call;
    }

    function invoke(recipe: Recipe): Promise<unknown> {
      const call = owe(recipe, undefined, {
        settle: (ok, value) => recipe.setFailure(ok ? null : (value as CheckoutUpdateErrorShape)),
      });
      begin(call);
      return call.work!.promise;
    }

    function updateFunction(recipe: Omit<Recipe, "setFailure">): UpdateFunction<any> {
      let failure: CheckoutUpdateErrorShape | null = null;
      const whole: Recipe = { ...recipe, setFailure: (error) => (failure = error) };
      const update = () => invoke(whole);
      recipes.set(update, whole);
      return Object.defineProperty(update, "failure", { get: () => failure, enumerable: true }) as UpdateFunction;
    }

    function position(name: unknown): number {
      const found = options.endpoints.findIndex((declared) => declared.name === name);
      if (found < 0) throw new TypeError("checkout-updates: no such endpoint is declared");
      return found;
    }

    const request = (name: string, intent: unknown) => updateFunction(recipe(name, intent));

    function recipe(name: string, intent: unknown): Omit<Recipe, "setFailure"> {
      const endpoint = position(name);
      const fields = options.endpoints[endpoint]!.fields.map((field) => field.name);
      return { endpoint, reading: read(fields, intent) };
    }

    function wrap(name: string, own: (signal: AbortSignal) => unknown): UpdateFunction<any> {
      if (typeof own !== "function") throw new TypeError("wrap: takes a name and a function");
      return updateFunction({
        endpoint: ledger.place(name, handle !== undefined && declareLater),
        reading: { values: undefined },
        own,
      });
    }
    function start(actions: object, of: Recipe, given: RunOptions = {}): Promise<Outcome<any, any>> {
      const { signal } = given;
      return new Promise((resolve) => {
        const call = owe(of, given, {
          actions,
          settle(ok, value, session) {
            safely(() => signal?.removeEventListener("abort", detach));
            if (ok) return resolve({ type: "success", session, body: value });
            const error = value as CheckoutUpdateErrorShape;
            of.setFailure(error);
            if (error.kind === "cancelled") resolve({ type: "cancelled", error });
            else resolve({ type: "error", error, ...(session !== undefined && { session }) });
          },
        });
        const detach = () => {
          if (call.played) on(DETACH, call.id);
          else fail(call, "cancelled", "no", undefined, { reason: "signal" });
        };
        call.update = work(call);
        actionsSeen = actions;
        // What is no signal throws here, with nothing pending.
        signal?.addEventListener("abort", detach);
        owed.set(call.id, call);
        if (signal?.aborted) return detach();
        begin(call);
      });
    }

    async function run(actions: object, what: any, ...rest: any[]): Promise<Outcome<any, any>> {
      if (typeof what === "function") {
        const known = recipes.get(what as object);
        if (!known) throw new TypeError("run: takes a function of request or wrap");
        return start(actions, known, rest[0] as RunOptions);
      }
      const whole: Recipe = { ...recipe(what as string, rest[0]), setFailure() {} };
      return start(actions, whole, rest[1] as RunOptions);
    }

    function cancelWaiting(name?: string): void {
      for (const call of [...owed.values()]) {
        const named = name === undefined || nameOf(call.endpoint) === name;
        if (named && !call.played && call.counts) fail(call, "cancelled", "no", undefined, { reason: "cancelled" });
      }
      const which = names.indexOf(name!);
      if (name === undefined || which >= 0) on(CANCEL, which);
    }

    function dispose(): void {
      for (const call of [...owed.values()]) {
        if (!call.played) fail(call, "cancelled", "no", undefined, { reason: "disposed" });
      }
      tell((glue, handle) => {
        glue.on(handle, DISPOSE, 0);
        ledger.close((endpoint, position) => glue.count(handle, endpoint, position));
        glue.close(handle);
      });
      leave?.();
      unwatch?.();
      handle = leave = unwatch = actionsSeen = undefined;
      stale = doubtful = false;
      changed();
    }

    if (isPage()) void load(source).catch(() => {});

    return {
      request,
      wrap,
      run,
      refresh: (actions: object) =>
        new Promise((resolve) => {
          actionsSeen = actions;
          const call: Owed = {
            id: ++lastId,
            endpoint: -1,
            at: now(),
            counts: false,
            actions,
            kept: {},
            play: () => on(REFRESH, call.id),
            settle: (ok, value, session) =>
              resolve(ok ? { type: "success", session } : { type: "error", error: value as CheckoutUpdateErrorShape }),
          };
          begin(call);
        }),
      cancel: cancelWaiting,
      dispose,
      [Symbol.dispose ?? Symbol.for("Symbol.dispose")]: dispose,
      isPending,
      isStale: () => stale,
      settled: () =>
        new Promise((resolve) => {
          if (isPending()) idle.add(resolve);
          else resolve({ stale });
        }),
      subscribe(listener: () => void) {
        // Each subscription counts for itself, also of the same function.
        const own = () => listener();
        listeners.add(own);
        return () => void listeners.delete(own);
      },
      getSnapshot: () => snapshot,
      metrics: () => ledger.metrics(counter()),
      reportTo(url: string, { sampleRate = 1 }: { sampleRate?: number } = {}) {
        // A function of its own for each call, so that two reporters to one place end apart.
        const reporter = () => url;
        if (Math.random() < sampleRate) reporters.add(reporter);
        watch();
        return () => void reporters.delete(reporter);
      },
      get ready() {
        const loaded = load(source).then(() => {});
        loaded.catch(() => {});
        return loaded;
      },
    } as unknown as Updates<E>;
  };
}

import { deferred, errors, failed, read, UNREADABLE, type Owed, type Reading } from "./call.js";
import { declare } from "./declare.js";
import { enter, isAlive, load, mourn, type Glue, type Source } from "./engine.js";
import { canRun, isPage, measure, safely, send } from "./environment.js";
import { createLedger } from "./ledger.js";
import { normalise } from "./options.js";
import { LOOK, watchPage } from "./page.js";
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

/** How much later than the engine the facade looks at the clock, in milliseconds. */
const BACKSTOP = 250;

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
    let backstop: ReturnType<typeof setTimeout> | undefined;
    let unwatch: (() => void) | undefined;
    let unmourn: (() => void) | undefined;

    /** Enters the engine, if it knows this object. */
    const tell = <T>(act: (glue: Glue, handle: number) => T): T | undefined =>
      handle === undefined ? undefined : enter((glue) => act(glue, handle!));
    const nothing = () => Promise.resolve();
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

    // The engine's way back. Once the module has died, nothing of the old one is listened to.
    const createHost = (alive: () => boolean) => ({
      enter: () => void (alive() && tell((glue, handle) => glue.drain(handle))),
      wake(ms: number) {
        clearTimeout(backstop);
        if (ms >= 0 && alive()) backstop = setTimeout(look, ms + BACKSTOP, LOOK);
      },
      fetch(id: number, url: string, init: RequestInit) {
        sent.add(id);
        return send(url, init);
      },
      token: () => options.csrf!.token(),
      work(id: number, signal: AbortSignal) {
        sent.add(id);
        return works.get(id)!.own!(signal);
      },
      error: errors(options.messages),
      end(id: number, ok: boolean, value: unknown) {
        const work = works.get(id)?.work;
        if (ok) work?.resolve(value);
        else work?.reject(value);
      },
      forget(id: number) {
        works.delete(id);
        sent.delete(id);
      },
      settle,
      count,
      measure,
      stale(value: boolean) {
        stale = value;
        changed();
      },
    });

    const look = (event: number) => void tell((glue, handle) => glue.page(handle, event));
    const watch = () => (unwatch ??= watchPage(look, sendReports));

    function sendReports(): void {
      const news = reporters.size && tell((glue, handle) => glue.news(handle));
      if (!news) return;
      for (const url of reporters) safely(() => void navigator.sendBeacon(url(), news));
    }

    const declareLater = (position: number) =>
      void tell((glue, handle) => declare(glue, handle, options, position, nameOf(position)));

    /** Makes this object known to the engine. Gives whether it is. */
    function open(): boolean {
      if (handle === undefined && isAlive()) {
        enter((glue) => {
          let alive = true;
          handle = glue.open(
            createHost(() => alive),
            options.sessionField,
            options.csrf?.header ?? "",
            nothing,
          );
          names.forEach((_, position) => declareLater(position));
          ledger.play((endpoint, kind, ms) => glue.note(handle!, endpoint, kind, ms));
          const stop = mourn(() => {
            alive = false;
            died();
          });
          unmourn = () => {
            alive = false;
            stop();
          };
          if (doubtful) glue.doubt(handle, actionsSeen);
          doubtful = false;
        });
        watch();
      }
      return handle !== undefined;
    }

    /** The module has trapped: what it owed is settled here, and the next update finds a fresh instance. */
    function died(): void {
      handle = undefined;
      clearTimeout(backstop);
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
        call.play(handle);
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

    /** The session id, read now: as the call says, else as the option does. */
    function session(call?: RunOptions): Pick<Reading, "cause"> & { session: unknown } {
      try {
        return { session: call?.session ?? options.session?.(), cause: undefined };
      } catch (cause) {
        return { session: UNREADABLE, cause };
      }
    }

    function ask(
      call: Owed,
      { reading, endpoint }: Recipe,
      of: { session: unknown; cause?: unknown },
      actions?: object,
      update?: () => Promise<unknown>,
    ) {
      return (handle: number) =>
        void enter((glue) =>
          glue.ask(
            ...([handle, call.id, endpoint, reading.values, reading.undeclared] as const),
            ...([of.session, reading.cause ?? of.cause, ...call.at, actions, update] as const),
          ),
        );
    }

    /** What Stripe.js is given: each call gets the same promise, and one that comes too late is refused by it. */
    const work = (call: Owed) => () => {
      if (works.has(call.id)) tell((glue, handle) => glue.call(handle, call.id));
      return call.work!.promise;
    };

    function invoke(recipe: Recipe): Promise<unknown> {
      const found = recipe.own ? { session: undefined } : session();
      const work = deferred<unknown>();
      recipe.setFailure(null);
      const call: Owed = {
        id: ++lastId,
        endpoint: recipe.endpoint,
        at: now(),
        counts: true,
        work,
        own: recipe.own,
        play: (handle) => ask(call, recipe, found)(handle),
        settle: (ok, value) => recipe.setFailure(ok ? null : (value as CheckoutUpdateErrorShape)),
      };
      begin(call);
      return work.promise;
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
      const found = of.own ? { session: undefined } : session(given);
      of.setFailure(null);
      return new Promise((resolve) => {
        const call: Owed = {
          id: ++lastId,
          endpoint: of.endpoint,
          at: now(),
          counts: true,
          work: deferred(),
          own: of.own,
          play: (handle) => ask(call, of, found, actions, work(call))(handle),
          settle(ok, value, session) {
            safely(() => signal?.removeEventListener("abort", detach));
            if (ok) return resolve({ type: "success", session, body: value });
            const error = value as CheckoutUpdateErrorShape;
            of.setFailure(error);
            if (error.kind === "cancelled") resolve({ type: "cancelled", error });
            else resolve({ type: "error", error, ...(session !== undefined && { session }) });
          },
        };
        const detach = () => {
          if (call.played) tell((glue, handle) => glue.detach(handle, call.id));
          else fail(call, "cancelled", "no", undefined, { reason: "signal" });
        };
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
      const which = name === undefined ? undefined : names.indexOf(name);
      if (which !== -1) tell((glue, handle) => glue.cancel(handle, which));
    }

    function dispose(): void {
      for (const call of [...owed.values()]) {
        if (!call.played) fail(call, "cancelled", "no", undefined, { reason: "disposed" });
      }
      tell((glue, handle) => {
        glue.dispose(handle);
        ledger.close(glue.metrics(handle));
        glue.close(handle);
      });
      unmourn?.();
      unwatch?.();
      handle = unmourn = unwatch = actionsSeen = undefined;
      clearTimeout(backstop);
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
            play: (handle) => void enter((glue) => glue.refresh(handle, call.id, actions)),
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
      metrics: () => ledger.metrics(tell((glue, handle) => glue.metrics(handle))),
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

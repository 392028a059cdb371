import { check } from "../src/browser/options.js";
import type { Engine } from "../build/engine.js";
import { copyOf, has } from "./copy.js";
import { enter, live, load, mourn, type Source } from "./engine.js";
import { canRun, isPage, safely } from "./environment.js";
import { isCheckoutUpdateError } from "./error.js";
import { failed, type Asked } from "./failure.js";
import { each, without } from "./list.js";
import type {
  Applied,
  CancelReason,
  CheckoutUpdateErrorShape,
  Endpoints,
  FailureKind,
  Metrics,
  Outcome,
  RunOptions,
  Snapshot,
  UpdateFunction,
  Updates,
  UpdatesOptions,
} from "./types.js";

/** The crate's `Updates`, once there is an engine. */
type Inner = InstanceType<Engine["Updates"]>;

/** Something that was promised to the page and has not been given yet. */
interface Call {
  /** The endpoint; empty for a refresh, which is not pending. */
  readonly name: string;
  readonly asked: Asked;
  readonly intent: object | undefined;
  reject(error: CheckoutUpdateErrorShape): void;
  /** Hands it to the engine, if it has not got it. */
  play?: (inner: Inner | undefined) => void;
}

/** What `request` and `wrap` made a function of. */
interface Recipe {
  readonly name: string;
  readonly intent?: object;
  made(inner: Inner): Made;
  setFailure(error: CheckoutUpdateErrorShape | null): void;
}

/** The engine's function. */
type Made = ReturnType<Inner["request"]>;

/** What a call says beside the intent, to an engine that comes later. */
type Later = RunOptions & { readonly asked: Asked };

/** The most failures that are kept until there is an engine. */
const KEPT = 50;

/**
 * Nobody has to handle this promise. Not by `catch`: the promise that this gives would go on with a page's value, whose
 * `then` may throw.
 */
function excuse(promise: Promise<unknown>): void {
  const ignore = (): void => {};
  void promise.then(ignore, ignore);
}

/** Makes `createUpdates` for a way to load the engine. */
export function creator(source: Source) {
  return function createUpdates<const E extends Endpoints>(given: UpdatesOptions<E>): Updates<E> {
    const options = check(given);
    const names = new Set(options.endpoints.map(({ name }) => name));
    const recipes = new WeakMap<object, Recipe>();
    let calls: readonly Call[] = [];
    let owed: readonly { readonly endpoint: string; reject(error: unknown): void }[] = [];
    const listeners = new Set<() => void>();
    const reporters = new Set<{ url: string; end?: (() => void) | undefined }>();
    let early: CheckoutUpdateErrorShape[] = [];
    let snapshot: Snapshot = { pending: false, stale: false };
    /** What a module that has died had counted. */
    let saved: unknown[] | undefined;
    let doubtful = false;
    let opening = false;
    let actionsSeen: object | undefined;
    let engine: Engine | undefined;
    let inner: Inner | undefined;
    let spare: (() => void) | undefined;

    /** Asks the engine, if it is there. */
    const ask = <T>(act: (inner: Inner) => T): T | undefined =>
      inner && engine === live() ? enter(engine!, () => act(inner!)) : undefined;
    const isQueued = (name?: string, match?: object) =>
      calls.some(
        (call) =>
          call.play && call.name && (name === undefined || (call.name === name && has(call.intent, match ?? {}))),
      );
    const isPending = (name?: string, match?: object): boolean =>
      isQueued(name, match) || ask((inner) => inner.isPending(name, match)) === true;
    const isStale = () => ask((inner) => inner.isStale()) ?? doubtful;

    function changed(): void {
      const pending = isPending();
      const stale = isStale();
      if (pending === snapshot.pending && stale === snapshot.stale) return;
      snapshot = { pending, stale };
      for (const listener of [...listeners]) safely(listener);
    }

    /** Tells the page of an update that the engine did not get to its end. */
    function settled({ endpoint, kind, applied, durationMs, attempts, requestId }: CheckoutUpdateErrorShape): void {
      const outcome = kind === "cancelled" ? "cancelled" : "error";
      const record = { endpoint, outcome, kind, applied, waitedMs: durationMs, durationMs, attempts, requestId };
      safely(options.onSettled, record);
    }

    /** Settles what the engine cannot settle, since it is not there. */
    function fail(
      call: Call,
      kind: FailureKind,
      applied: Applied,
      more?: { detail?: string; cause?: unknown; reason?: CancelReason },
    ): void {
      const error = failed(kind, call.name, call.asked, applied, options.messages, more);
      // First of all: what comes behind may be stopped by what other scripts have done to the page.
      calls = without(calls, call);
      call.reject(error);
      if (kind !== "cancelled") {
        if (ask((inner) => (inner.note(error), true)) !== true) early = [...early, error].slice(-KEPT);
        safely(options.onFailure, error);
      }
      changed();
      if (call.name) settled(error);
    }

    /** What keeps the page alive when the engine dies: the crate's `Keeper`. */
    const keeperOf = (engine: Engine) => ({
      enter: (act: () => void) => void enter(engine, act),
      get dead() {
        return engine !== live();
      },
      owe(promise: Promise<unknown>, endpoint: string): Promise<unknown> {
        const whole = new Promise((resolve, reject) => {
          const debt = { endpoint, reject };
          owed = [...owed, debt];
          void promise.then(resolve, reject).then(() => (owed = without(owed, debt)));
        });
        excuse(whole);
        return whole;
      },
    });

    /** The engine's side of this object, made when it is first needed. */
    function open(): Inner | undefined {
      const current = live();
      if (!current) return undefined;
      if (inner && engine === current) {
        spare ??= mourn(died);
        return inner;
      }
      engine = current;
      inner = enter(current, () => new current.Updates(options, keeperOf(current)));
      if (!inner) return undefined;
      spare = mourn(died);
      const [counted, noted, doubted] = [saved, early, doubtful];
      [saved, early, doubtful, opening] = [undefined, [], false, true];
      ask((inner) => {
        if (counted) inner.restore(counted);
        inner.subscribe(changed);
        for (const failure of noted) inner.note(failure);
        for (const reporter of reporters) reporter.end = inner.reportTo(reporter.url);
        if (doubted) inner.doubt(actionsSeen);
      });
      opening = false;
      return inner;
    }

    /** The module has trapped: what it owed is settled here, and a fresh one finds out what the server has. */
    function died(): void {
      const dead = inner;
      inner = spare = undefined;
      let applied: Applied = "unknown";
      try {
        if (!dead!.hasSent()) applied = "no";
      } catch {
        // It cannot tell any more.
      }
      try {
        saved = dead!.saved();
      } catch {
        // What it has counted is lost.
      }
      doubtful = true;
      const lost = calls;
      const promised = owed;
      owed = [];
      // From here on callbacks of the page may begin what the fresh instance is to do.
      each(lost, (call) => call.play || fail(call, "internal", applied));
      each(promised, ({ endpoint, reject }) =>
        reject(failed("internal", endpoint, undefined, applied, options.messages)),
      );
      changed();
      // One that dies while it is opened is not opened again for that alone: there might be no end to it.
      if (actionsSeen && !opening) open();
    }

    const now = (): Asked => [performance.now(), Date.now()];

    function flush(): void {
      each(calls, (call) => {
        const { play } = call;
        delete call.play;
        // Each by itself: one may be the death of the engine that it is handed to.
        play?.(open());
      });
      changed();
    }

    /** Everything that a call says, read now, for an engine that comes later. */
    function later(settings: RunOptions | undefined, isOwn: boolean, asked: Asked): Later {
      const signal = settings?.signal;
      try {
        const session = isOwn ? undefined : (settings?.session ?? (options.session?.() as string));
        // Without a prototype: a `signal` that other scripts have added to `Object.prototype` is none of this call's.
        return {
          __proto__: null,
          asked,
          ...(signal && { signal }),
          ...(session !== undefined && { session }),
        } as Later;
      } catch (cause) {
        return {
          __proto__: null,
          asked,
          ...(signal && { signal }),
          get session(): string {
            throw cause;
          },
        } as Later;
      }
    }

    /** Hands a call to the engine, or keeps it until there is one. */
    function begin<T>(
      name: string,
      what: {
        intent?: object | undefined;
        isOwn?: boolean;
        settings?: RunOptions | undefined;
        setFailure?: ((error: CheckoutUpdateErrorShape) => void) | undefined;
      },
      play: (inner: Inner, settings: RunOptions | undefined) => Promise<T>,
    ): Promise<T> {
      const { intent, isOwn = false, settings, setFailure } = what;
      return new Promise((resolve, reject) => {
        const fails = (error: CheckoutUpdateErrorShape) => {
          setFailure?.(error);
          reject(error);
        };
        const call: Call = { name, asked: now(), intent, reject: fails };
        const hand = (inner: Inner | undefined, settings: RunOptions | undefined) => {
          const promise = inner && ask(() => play(inner, settings));
          // It could not be opened, or died: a call that its death has not ended is ended here.
          if (!promise) return calls.includes(call) ? fail(call, live() ? "internal" : "unavailable", "no") : undefined;
          // Not `resolve(promise)`: the engine may die before it settles that.
          promise.then(
            (value) => {
              calls = without(calls, call);
              resolve(value);
            },
            (error: unknown) => {
              calls = without(calls, call);
              reject(error);
            },
          );
        };
        if (canRun() && live()) {
          calls = [...calls, call];
          return hand(open(), settings);
        }
        const signal = settings?.signal;
        const detach = () => fail(call, "cancelled", "no", { reason: "signal" });
        // What is no signal throws here, with nothing pending.
        signal?.addEventListener("abort", detach);
        const read = later(settings, isOwn, call.asked);
        const forget = () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", detach);
        };
        call.play = (inner) => {
          forget();
          hand(inner, read);
        };
        call.reject = (error) => {
          fails(error);
          forget();
        };
        calls = [...calls, call];
        let timer: ReturnType<typeof setTimeout> | undefined;
        if (signal?.aborted) return detach();
        changed();
        if (!canRun()) {
          const detail = "Updates run in a browser, or with ./testing's server.";
          return fail(call, "unavailable", "no", { detail });
        }
        const limit = options.endpoints.find((declared) => declared.name === name)?.timeoutMs ?? options.timeoutMs;
        const unavailable = (text: string, cause?: unknown) => {
          const detail = `checkout-updates: ${text}.`;
          if (calls.includes(call) && call.play) fail(call, "unavailable", "no", { detail, cause });
        };
        timer = setTimeout(() => unavailable("the module was not loaded in time"), limit);
        load(source).then(flush, (cause: Error) => unavailable(cause.message, cause));
      });
    }

    function updateFunction(recipe: Omit<Recipe, "setFailure">, isOwn: boolean): UpdateFunction<any> {
      // How a call failed that the engine did not get; what it got it knows itself.
      let failure: CheckoutUpdateErrorShape | null = null;
      let made: Made | undefined;
      let of: Inner | undefined;
      const whole: Recipe = {
        ...recipe,
        made(inner) {
          if (of !== inner || !made) [of, made] = [inner, recipe.made(inner)];
          return made;
        },
        setFailure: (error) => (failure = error),
      };
      const { name, intent } = recipe;
      const update = () => {
        failure = null;
        const { setFailure } = whole;
        const promise = begin(name, { intent, isOwn, setFailure }, (inner, settings) =>
          inner.invoke(whole.made(inner), settings),
        );
        excuse(promise);
        return promise;
      };
      recipes.set(update, whole);
      const get = () => failure ?? made?.failure ?? null;
      // Without a prototype: what a page has added to `Object.prototype` would be part of the descriptor.
      const descriptor = { __proto__: null, get, enumerable: true } as PropertyDescriptor;
      return Object.defineProperty(update, "failure", descriptor) as UpdateFunction;
    }

    function declared(name: unknown): string {
      const found = options.endpoints.find((endpoint) => endpoint.name === name);
      if (!found) throw new TypeError("checkout-updates: no such endpoint is declared");
      return found.name;
    }

    function request(given: string, chosen: unknown): UpdateFunction<any> {
      const name = declared(given);
      const intent = copyOf(chosen);
      return updateFunction({ name, intent, made: (inner) => inner.request(name, intent) }, false);
    }

    function wrap(name: string, own: (signal: AbortSignal) => unknown): UpdateFunction<any> {
      if (typeof own !== "function") throw new TypeError("wrap: takes a name and a function");
      names.add(name);
      return updateFunction({ name, made: (inner) => inner.wrap(name, own) }, true);
    }

    async function run(actions: object, what: any, ...rest: any[]): Promise<Outcome<any, any>> {
      const recipe = typeof what === "function" ? recipes.get(what as object) : undefined;
      if (typeof what === "function" && !recipe) throw new TypeError("run: takes a function of request or wrap");
      const name = recipe ? recipe.name : declared(what);
      const settings = rest[recipe ? 0 : 1] as RunOptions | undefined;
      // Read now, once; an engine that is there does it itself.
      const intent = recipe ? recipe.intent : live() ? (rest[0] as object) : copyOf(rest[0]);
      actionsSeen = actions;
      recipe?.setFailure(null);
      const isOwn = recipe !== undefined && recipe.intent === undefined;
      const call = { intent, isOwn, settings, setFailure: recipe?.setFailure };
      return begin(name, call, (inner, settings): Promise<Outcome> =>
        recipe ? inner.run(actions, recipe.made(inner), settings) : inner.run(actions, name, intent, settings),
      ).catch((error: unknown): Outcome => {
        if (!isCheckoutUpdateError(error)) throw error;
        return { type: error.kind === "cancelled" ? "cancelled" : "error", error };
      });
    }

    function refresh(actions: object): Promise<any> {
      actionsSeen = actions;
      return begin("", {}, (inner) => inner.refresh(actions)).catch((error: unknown) => ({ type: "error", error }));
    }

    function drop(reason: CancelReason, name?: string): void {
      each(calls, (call) => {
        const isMeant = name === undefined ? reason === "disposed" || call.name : call.name === name;
        if (isMeant && call.play) fail(call, "cancelled", "no", { reason });
      });
    }

    function dispose(): void {
      drop("disposed");
      ask((inner) => inner.dispose());
      spare?.();
      spare = actionsSeen = undefined;
      doubtful = false;
      changed();
    }

    function metrics(): Metrics {
      const counted = ask((inner) => inner.metrics() as Metrics);
      if (counted) return counted;
      const none = { successes: 0, retries: 0, late: 0, joined: 0, superseded: 0, p50: null, p95: null, max: null };
      const record = (name: string) => {
        const own = early.filter(({ endpoint }) => endpoint === name);
        const failures: Partial<Record<FailureKind, number>> = {};
        for (const { kind } of own) failures[kind] = (failures[kind] ?? 0) + 1;
        return [name, { updates: own.length, ...none, failures }] as const;
      };
      return {
        endpoints: Object.fromEntries([...names].map(record)),
        failures: early.map((error) => (error as any).toJSON()),
      };
    }

    if (isPage()) void load(source).catch(() => {});

    return {
      request,
      wrap,
      run,
      refresh,
      cancel(name?: string) {
        drop("cancelled", name);
        ask((inner) => inner.cancel(name));
      },
      dispose,
      [Symbol.dispose ?? Symbol.for("Symbol.dispose")]: dispose,
      wanted(given: string, match: object = {}) {
        // Not within `ask`, which takes what is thrown for a trap.
        const name = declared(given);
        return (
          [...calls].reverse().find((call) => call.play && call.name === name && has(call.intent, match))?.intent ??
          ask((inner) => inner.wanted(name, match))
        );
      },
      isPending,
      isStale,
      settled: () =>
        new Promise((resolve) => {
          const look = () => {
            if (isPending()) return;
            listeners.delete(look);
            resolve({ stale: isStale() });
          };
          listeners.add(look);
          look();
        }),
      subscribe(listener: () => void) {
        if (typeof listener !== "function") throw new TypeError("subscribe: takes a function");
        // Each subscription counts for itself, also of the same function.
        const own = () => listener();
        listeners.add(own);
        return () => void listeners.delete(own);
      },
      getSnapshot: () => snapshot,
      metrics,
      reportTo(url: string, { sampleRate = 1 }: { sampleRate?: number } = {}) {
        const reporter: { url: string; end?: (() => void) | undefined } = { url };
        if (Math.random() < sampleRate) {
          reporters.add(reporter);
          reporter.end = ask((inner) => inner.reportTo(url));
        }
        return () => {
          reporters.delete(reporter);
          if (reporter.end) ask(reporter.end);
        };
      },
      get ready() {
        const loaded = load(source);
        loaded.catch(() => {});
        return loaded;
      },
    } as unknown as Updates<E>;
  };
}

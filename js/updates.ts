import { check } from "../src/browser/options.js";
import { isPage } from "./environment.js";
import { copyOf } from "./copy.js";
import { sessionOf } from "../src/browser/read.js";
import { withFailure } from "../src/browser/platform.js";
import { createPayments } from "./payment.js";
import { got, undeclared } from "../src/browser/check.js";
import { load, type Source } from "./instance.js";
import { isCheckoutUpdateError } from "./error.js";
import { isMarked, unmark } from "../src/browser/marks.js";
import { createCalls } from "./calls.js";
import type { EngineUpdates } from "./engine-updates.js";
import type {
  CheckoutUpdateErrorShape,
  Endpoints,
  Outcome,
  RefreshOutcome,
  RunOptions,
  UpdateFunction,
  Updates,
  UpdatesOptions,
} from "./types.js";

/** What `request` and `wrap` make a function from. */
interface UpdateSpec {
  readonly name: string;
  /** A wrapped function has none. */
  readonly intent?: object | undefined;
  /** The same function of this instance. */
  made(inner: EngineUpdates): UpdateFunction<any>;
  setFailure(error: CheckoutUpdateErrorShape | null): void;
}

const ignore = (): void => {};

/** Makes `createUpdates` for a way to load the engine. */
export function creator(source: Source) {
  return function createUpdates<const E extends Endpoints>(given: UpdatesOptions<E>): Updates<E> {
    const options = check(given);
    const calls = createCalls(options, source);
    const { pay, hold, endHold } = createPayments(calls);
    const declared = new Set(options.endpoints.map(({ name }) => name));
    const specs = new WeakMap<object, UpdateSpec>();
    const specOf = (value: unknown) => (typeof value === "function" ? specs.get(value) : undefined);

    /** The name, if it is one of these. */
    function known(method: string, name: any, names: ReadonlySet<string>): string {
      if (!names.has(name)) throw undeclared(method, name, [...names]);
      return name;
    }
    /** The name, if one is given; a function that was made here stands for its own. */
    const named = (method: string, given: unknown) =>
      given === undefined ? undefined : (specOf(given)?.name ?? known(method, given, calls.names));

    function updateFunction(spec: Omit<UpdateSpec, "setFailure">): UpdateFunction<any> {
      // A failure without an instance, or of one that has died.
      let failure: CheckoutUpdateErrorShape | null = null;
      let made: UpdateFunction<any> | undefined;
      let of: EngineUpdates | undefined;
      const whole: UpdateSpec = {
        ...spec,
        made(inner) {
          if (of !== inner || !made) [of, made] = [inner, spec.made(inner)];
          return made;
        },
        setFailure: (error) => (failure = error),
      };
      const update = () => {
        const { name, intent, made, setFailure } = whole;
        const promise = calls.begin({
          name,
          intent,
          setFailure,
          play: (inner, settings) => inner.invoke(made(inner), settings),
        });
        // Nobody has to handle it. Not by `catch`: the promise that this returns would go on with a page's value, whose
        // `then` may throw.
        void promise.then(() => (failure = null), ignore);
        return promise;
      };
      specs.set(update, whole);
      const get = () => failure ?? made?.failure ?? null;
      return withFailure(update, get);
    }

    function request(given: string, chosen: unknown): UpdateFunction<any> {
      const name = known("request", given, declared);
      const intent = copyOf(chosen, 2);
      return updateFunction({ name, intent, made: (inner) => inner.request(name, intent) });
    }

    function wrap(name: string, own: (signal: AbortSignal) => unknown): UpdateFunction<any> {
      if (typeof own !== "function") throw new TypeError("wrap: takes a name and a function, not " + got(own));
      if (!calls.names.has(name)) calls.replay((inner) => void inner.wrap(name, ignore));
      calls.names.add(name);
      return updateFunction({ name, made: (inner) => inner.wrap(name, own) });
    }

    async function run(actions: object, what: unknown, ...rest: any[]): Promise<Outcome<any, any>> {
      const spec = specOf(what);
      if (typeof what === "function" && !spec) throw new TypeError("run: takes a function of request or wrap");
      const name = spec ? spec.name : known("run", what, declared);
      const settings = rest[spec ? 0 : 1] as RunOptions | undefined;
      // Read now, once; an instance that is there does it itself.
      const intent = spec ? spec.intent : copyOf(rest[0], 2);
      calls.touch(actions);
      try {
        const outcome = await calls.begin<Outcome>({
          name,
          intent,
          settings,
          setFailure: spec?.setFailure,
          play: (inner, settings) =>
            spec ? inner.run(actions, spec.made(inner), settings) : inner.run(actions, name, intent, settings),
        });
        spec?.setFailure(outcome.type === "success" ? null : outcome.error);
        return outcome;
      } catch (error) {
        if (!isCheckoutUpdateError(error)) throw error;
        return { type: error.kind === "cancelled" ? "cancelled" : "error", error };
      }
    }

    function refresh(actions: object): Promise<RefreshOutcome> {
      calls.touch(actions);
      const begun = calls.begin<RefreshOutcome>({ type: "refresh", play: (inner) => inner.refresh(actions) });
      return begun.catch((error: CheckoutUpdateErrorShape) => ({ type: "error", error }));
    }

    function dispose(): void {
      calls.dispose();
      endHold();
    }

    function resume(actions: any): Promise<{ stale: boolean }> {
      const id = sessionOf(actions)?.id;
      if (!isMarked(id)) return Promise.resolve({ stale: calls.isStale() });
      calls.touch(actions);
      calls.doubt();
      return new Promise((resolve) => {
        const onChange = () => {
          if (calls.isStale()) return;
          end();
          resolve({ stale: false });
        };
        const end = calls.subscribe(onChange);
        // Without a module, an update that sends nothing makes Stripe.js read the session again.
        const alone = async () => {
          const { type } = await actions.runServerUpdate(() => Promise.resolve());
          if (type !== "success") throw type;
          unmark(id);
          calls.endDoubt();
        };
        load(source)
          .then(calls.open, alone)
          .catch(() => {
            end();
            resolve({ stale: true });
          });
        onChange();
      });
    }

    if (isPage()) void load(source);

    return {
      request,
      wrap,
      run,
      refresh,
      pay,
      hold,
      resume,
      cancel: (name?: unknown) => calls.cancel(named("cancel", name)),
      dispose,
      [Symbol.dispose ?? Symbol.for("Symbol.dispose")]: dispose,
      pendingIntent(given: unknown, match?: object) {
        const name = known("pendingIntent", given, calls.names);
        // A wrapped function has no intent.
        return declared.has(name) ? calls.pendingIntent(name, match) : undefined;
      },
      isPending: (name?: unknown, match?: object) => calls.isPending(named("isPending", name), match),
      isStale: calls.isStale,
      settled: calls.settled,
      subscribe(listener: () => void) {
        if (typeof listener !== "function") throw new TypeError("subscribe: takes a function, not " + got(listener));
        return calls.subscribe(listener);
      },
      getSnapshot: calls.getSnapshot,
      metrics: calls.metrics,
      reportTo: (url: string, { sampleRate = 1 }: { sampleRate?: number } = {}) =>
        Math.random() < sampleRate ? calls.replay((inner) => inner.reportTo(url)) : ignore,
      get ready() {
        return load(source);
      },
    } as unknown as Updates<E>;
  };
}

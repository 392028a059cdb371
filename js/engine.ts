import { instantiate, type Engine } from "../build/engine.js";
import { CheckoutUpdateError } from "../src/browser/error.js";
import { check } from "../src/browser/options.js";
import { each, without } from "./list.js";

/** Where the module comes from; a failed call may be repeated. */
export type Source = () => Promise<WebAssembly.Module>;

/** A load that failed, with what to change. */
export class LoadError extends Error {}

const OTHER_FILE = "the file is not the checkout_updates.wasm of this version; copy it from the package again";

/** What says which build this is: the module of another would run, and do anything. */
declare const BUILD: string;
/** Whether there are chunks to load: not in the build that is one file. */
declare const CHUNKS: boolean;

/** What the module takes from here, so that there is one class of errors and one check of options. */
const shared = { CheckoutUpdateError, check };

/** What a client does when the module has died. */
type Mourner = () => void;

let mourners: readonly Mourner[] = [];
let loading: Promise<void> | undefined;
/** Makes a fresh instance, at once. */
let make: (() => Engine) | undefined;
let engine: Engine | undefined;

/** A module that browsers take which have all that ours needs, and few others: with the type of a function that gives a JavaScript value. */
const PROBE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 111);

/** What makes instances. In an object: a promise of a function takes a `then` that a page has given to all functions. */
interface Maker {
  fresh(): Engine;
}

/** The engine in plain JavaScript, where the page's policy or the browser refuses WebAssembly. */
async function plain(refusal: unknown): Promise<Maker> {
  let cause = refusal;
  if (CHUNKS) {
    try {
      const chunk = await import("../build/plain.js");
      return { fresh: () => chunk.instantiate(shared) };
    } catch (failure) {
      cause = failure;
    }
  }
  throw new LoadError(
    `WebAssembly is refused; allow 'wasm-unsafe-eval' in Content-Security-Policy, or ${CHUNKS ? "serve every file of the build, plain-….js in dist/ too, each under its own name" : "load the modules"}`,
    { cause },
  );
}

async function maker(source: Source): Promise<Maker> {
  try {
    // WebKit refuses the instance and not the module.
    new WebAssembly.Instance(new WebAssembly.Module(PROBE));
  } catch (refusal) {
    return plain(refusal);
  }
  const module = await source();
  return {
    fresh() {
      const made = instantiate(shared);
      made.initSync({ module });
      return made;
    },
  };
}

async function start(source: Source): Promise<void> {
  try {
    const { fresh } = await maker(source);
    const first = fresh();
    if (first.build() !== BUILD) throw new LoadError(OTHER_FILE);
    [make, engine] = [fresh, first];
  } catch (cause) {
    loading = undefined;
    if (cause instanceof LoadError) throw cause;
    // Of what came, the compiler, the linker, and what is missing in it say that it is another file.
    const isOther = /^(CompileError|LinkError|TypeError)$/.test((cause as Partial<Error> | null)?.name ?? "");
    throw new LoadError(isOther ? OTHER_FILE : "the module could not be loaded", { cause });
  }
}

/** Loads the engine, once however often it is asked for. A failed load can be tried again. */
export function load(source: Source): Promise<void> {
  if (!loading) {
    loading = start(source);
    // Nobody has to handle it: each update that needs the engine reports it.
    loading.catch(() => {});
  }
  return loading;
}

/** The engine that calls can go into now. */
export const live = (): Engine | undefined => engine;

/** Calls `mourner` when the module dies; gives the function that ends this. */
export function mourn(mourner: Mourner): () => void {
  mourners = [...mourners, mourner];
  return () => void (mourners = without(mourners, mourner));
}

/**
 * Enters an engine. Every way in leads through here, so that a trap is caught, what it owed is settled, and a fresh
 * instance takes its place at once. What has died is not entered again.
 */
export function enter<T>(into: Engine, act: () => T): T | undefined {
  if (into !== engine) return undefined;
  try {
    return act();
  } catch {
    if (into === engine) replace();
    return undefined;
  }
}

function replace(): void {
  const informed = mourners;
  mourners = [];
  try {
    engine = make!();
  } catch {
    // The browser has no room for another instance: updates are unavailable until the page is loaded again.
    engine = undefined;
  }
  each(informed, (mourner) => mourner());
}

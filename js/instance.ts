import type { Engine } from "../build/engine.js";
import { CheckoutUpdateError, recorded } from "../src/browser/error.js";
import { warmUp } from "./warm-up.js";
import { undeclared } from "../src/browser/check.js";
import { createGate, type Gate } from "./gate.js";
import { check } from "../src/browser/options.js";
import { failed, now } from "./failure.js";
import { each, without } from "./list.js";

/** What makes instances. In an object: a promise of a function takes a `then` that a page has given to all functions. */
export interface Maker {
  instantiate(given: Gate["given"]): Engine;
}

/** Where instances come from; a failed call may be repeated. */
export type Source = () => Promise<Maker>;

/** A load that failed, with what to change. */
export class LoadError extends Error {}

const OTHER_FILE = "the file is not the checkout_updates.wasm of this version; copy it from the package again";

/** The build that this is part of: a module of another build would run, and do anything. */
declare const BUILD: string;
/** Whether there are chunks to load: not in the build that is one file. */
declare const CHUNKS: boolean;

/** What goes on when an instance has trapped. */
export interface TrapListener {
  /** The instance has trapped. It can be asked for the last time, and may trap again. */
  dying(): void;
  /** The instance is buried, and another one is in its place if there is room for one. */
  died(): void;
}

let listeners: readonly TrapListener[] = [];
let loading: Promise<void> | undefined;
/** Makes a fresh instance, at once. */
let make: (() => Engine) | undefined;
let instance: Engine | undefined;

/** A module that browsers accept which have all that ours needs, and few others: a function of its type returns a JavaScript value. */
const PROBE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 111);

/** Makes an instance behind a gate of its own. */
function behindGate({ instantiate }: Maker): Engine {
  let made: Engine | undefined;
  const gate = createGate(() => (made && made === instance ? replace(gate) : gate.close(undefined)));
  // One class of errors and one check of options for all instances.
  made = instantiate({ CheckoutUpdateError, recorded, check, undeclared, ...gate.given } as Gate["given"]);
  if (gate.isClosed()) throw new Error("the module trapped");
  return made;
}

/** The engine without WebAssembly, for pages whose policy forbids it and for old browsers. */
async function withoutWasm(refusal: unknown): Promise<Maker> {
  let cause = refusal;
  if (CHUNKS) {
    try {
      return await import("../build/no-wasm.js");
    } catch (failure) {
      cause = failure;
    }
  }
  throw new LoadError(
    `WebAssembly is refused; allow 'wasm-unsafe-eval' in Content-Security-Policy, or ${CHUNKS ? "serve every file of the build, no-wasm-….js in dist/ too, each under its own name" : "load the modules"}`,
    { cause },
  );
}

function maker(source: Source): Promise<Maker> {
  try {
    // WebKit refuses the instance and not the module.
    new WebAssembly.Instance(new WebAssembly.Module(PROBE));
  } catch (refusal) {
    return withoutWasm(refusal);
  }
  return source();
}

async function start(source: Source): Promise<void> {
  try {
    const found = await maker(source);
    const fresh = () => behindGate(found);
    const first = fresh();
    if (first.build() !== BUILD) throw new LoadError(OTHER_FILE);
    [make, instance] = [fresh, first];
    void warmUp(first);
  } catch (cause) {
    loading = undefined;
    if (cause instanceof LoadError) throw cause;
    // Of what came, the compiler, the linker, and what is missing in it say that it is another file.
    const isOther = /^(Compile|Link|Type)Error$/.test((cause as Partial<Error> | null)?.name ?? "");
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

/** The instance that calls can go into now. */
export const current = (): Engine | undefined => instance;

/** Tells the listener when the current instance traps; returns the function that ends this. */
export function onTrap(listener: TrapListener): () => void {
  listeners = [...listeners, listener];
  return () => void (listeners = without(listeners, listener));
}

/** Buries the current instance and puts a fresh one in its place. Callbacks of the page come last: they may ask for more. */
function replace(gate: Gate): void {
  const affected = listeners;
  listeners = [];
  each(affected, (listener) => listener.dying());
  gate.close(failed("internal", "", now(), "unknown", undefined));
  try {
    instance = make!();
  } catch {
    // The browser has no room for another instance: updates are unavailable until the page is loaded again.
    instance = undefined;
  }
  each(affected, (listener) => listener.died());
}

// The boundary of one instance. A panic in Rust is a trap, and whatever called the module (a page, a timer, a promise) a
// trap leaves through the raw exports of its instance. So one wrapper around exports and imports sees each of them.
import { without } from "./list.js";

/** What a dead module returns: from an empty array the glue reads nothing, zero and `undefined`. */
const NOTHING: readonly never[] = [];

// Taken now: spreading would call what a page may have put in place of the platform's iterators.
const { apply } = Reflect;

type Crossing = (...given: unknown[]) => unknown;
type Settle = (value: unknown) => void;

/** The boundary of one instance. */
export interface Gate {
  /** What the instance's glue uses in place of the globals of these names, and what its exports and imports go through. */
  readonly given: {
    readonly WebAssembly: object | undefined;
    readonly Promise: unknown;
    readonly enter: (exported: unknown) => unknown;
    readonly leave: (imported: unknown) => unknown;
  };
  readonly isClosed: () => boolean;
  /** Nothing enters the module again, and what it has promised and not settled is rejected. */
  close(reason: unknown): void;
}

/** Calls `wrap` for each member of a record without a prototype. */
function mapRecord(record: Record<string, unknown>, wrap: (member: any) => unknown): Record<string, unknown> {
  const wrapped = { __proto__: null } as unknown as Record<string, unknown>;
  for (const name in record) wrapped[name] = wrap(record[name]);
  return wrapped;
}

/** Makes a boundary, which calls `trapped` when the module traps. The module may be asked last questions then. */
export function createGate(trapped: () => void): Gate {
  let isTrapped = false;
  let isClosed = false;
  let unsettled: Settle[] = [];
  let memory: { readonly buffer: ArrayBuffer } | undefined;

  function enter(exported: unknown): unknown {
    if (typeof exported !== "function") {
      const { buffer } = exported as { readonly buffer?: unknown };
      if (buffer) memory = exported as { readonly buffer: ArrayBuffer };
      return exported;
    }
    return (...given: unknown[]) => {
      if (isClosed) return NOTHING;
      try {
        return apply(exported as Crossing, undefined, given) as unknown;
      } catch {
        if (!isTrapped) {
          isTrapped = true;
          trapped();
        }
        return NOTHING;
      }
    };
  }

  const leave = (imported: unknown) =>
    function (this: unknown, ...given: unknown[]): unknown {
      const result: unknown = apply(imported as Crossing, this, given);
      // The module has died meanwhile: what is still on its stack would go on in a buried memory.
      // oxlint-disable-next-line no-throw-literal
      if (isClosed) throw NOTHING;
      return result;
    };

  /** `Promise`, which remembers how to reject those that have not settled. */
  function Tracked(begin: (resolve: Settle, reject: Settle) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const settles = (settle: Settle) => (value: unknown) => {
        unsettled = without(unsettled, reject);
        settle(value);
      };
      unsettled[unsettled.length] = reject;
      begin(settles(resolve), settles(reject));
    });
  }
  Tracked.prototype = Promise.prototype;
  Tracked.resolve = (value: unknown) => Promise.resolve(value);
  // oxlint-disable-next-line prefer-promise-reject-errors
  Tracked.reject = (reason: unknown) => Promise.reject(reason);

  const Instance = function (module: WebAssembly.Module, imports: Record<string, Record<string, unknown>>) {
    const gated = mapRecord(imports, (functions) => mapRecord(functions, leave));
    const { exports } = new WebAssembly.Instance(module, gated as WebAssembly.Imports);
    return { exports: mapRecord(exports, enter) };
  };
  const platform = typeof WebAssembly === "object" ? { Module: WebAssembly.Module, Instance } : undefined;

  return {
    given: { WebAssembly: platform, Promise: Tracked, enter, leave },
    isClosed: () => isClosed,
    close(reason) {
      isTrapped = isClosed = true;
      const rejects = unsettled;
      unsettled = [];
      for (let at = 0; at < rejects.length; at++) rejects[at]!(reason);
      try {
        // The glue must not find in it what it would take for an error or an object.
        if (memory) new Uint8Array(memory.buffer).fill(0);
      } catch {
        // Another script has taken that away, and nobody reads it.
      }
    },
  };
}

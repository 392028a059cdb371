import * as glue from "../build/glue/checkout_updates.js";

/** The module's exports. */
export type Glue = typeof glue;

/** Where the module comes from; a failed call may be repeated. */
export type Source = () => Promise<WebAssembly.Module>;

/** A load that failed, with what to change. */
export class LoadError extends Error {}

/** For a file that is none of ours, or of another version. */
export const OTHER_FILE = "the file is not the checkout_updates.wasm of this version; copy it from the package again";

/** What a client does when the module has died. */
type Mourner = () => void;

const mourners = new Set<Mourner>();
let loading: Promise<Glue> | undefined;
let depth = 0;
let dead = false;
let module: WebAssembly.Module | undefined;

/** Says what to change, by what the browser threw. */
function explain(cause: unknown): LoadError {
  if (cause instanceof LoadError) return cause;
  const { name = "", message = "" } = Object(cause) as Partial<Error>;
  const text =
    typeof WebAssembly === "undefined"
      ? "this browser has no WebAssembly"
      : /Content.Security.Policy|CSP/i.test(message)
        ? "the page's Content-Security-Policy must allow 'wasm-unsafe-eval' in script-src"
        : name === "CompileError"
          ? OTHER_FILE
          : "the module could not be loaded";
  return new LoadError(text, { cause });
}

/** Loads the module, once however often it is asked for. A failed load can be tried again. */
export function load(source: Source): Promise<Glue> {
  if (!loading) {
    const attempt = source()
      .then((compiled) => {
        glue.initSync({ module: compiled });
        module = compiled;
        return glue;
      })
      .catch((cause: unknown) => {
        loading = undefined;
        throw explain(cause);
      });
    loading = attempt;
    // Nobody has to handle it: each update that needs the module reports it.
    attempt.catch(() => {});
  }
  return loading;
}

/** Whether calls can go into the module now. */
export const isAlive = (): boolean => module !== undefined && !dead;

/** Calls `mourner` when the module dies; gives the function that ends this. */
export function mourn(mourner: Mourner): () => void {
  mourners.add(mourner);
  return () => void mourners.delete(mourner);
}

/**
 * Enters the module. Every way in leads through here, so that a trap is caught, and what it owed can be settled.
 * A module that has trapped is replaced by a fresh instance as soon as none of its calls is left on the stack.
 */
export function enter<T>(act: (glue: Glue) => T): T | undefined {
  if (!isAlive()) return undefined;
  depth++;
  try {
    return act(glue);
  } catch {
    dead = true;
    return undefined;
  } finally {
    if (!--depth && dead) revive();
  }
}

function revive(): void {
  const informed = [...mourners];
  mourners.clear();
  try {
    glue.__wbg_reset_state();
    dead = false;
  } catch {
    // The browser has no room for another instance: updates are unavailable until the page is loaded again.
    module = undefined;
  }
  for (const mourner of informed) mourner();
}

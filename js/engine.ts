import { glue, initSync } from "../build/glue/checkout_updates.js";

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
let engine: Glue | undefined;

/** Whether there are chunks to load: not in the build that is one file. */
declare const CHUNKS: boolean;

/** A module that has the newest of what ours needs: the type of a function that gives a JavaScript value. */
const PROBE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 111);

/** The engine, or the one in plain JavaScript where the page's policy or the browser refuses WebAssembly. */
async function start(source: Source): Promise<Glue> {
  try {
    new WebAssembly.Module(PROBE);
  } catch (refusal) {
    let cause = refusal;
    if (CHUNKS) {
      try {
        const plain = await import("./plain.js");
        plain.start();
        return plain.glue;
      } catch (failure) {
        cause = failure;
      }
    }
    throw new LoadError(
      `WebAssembly is refused; allow 'wasm-unsafe-eval' in Content-Security-Policy, or ${CHUNKS ? "serve every file of the build" : "load the modules"}`,
      { cause },
    );
  }
  initSync({ module: await source() });
  return glue;
}

/** Loads the engine, once however often it is asked for. A failed load can be tried again. */
export function load(source: Source): Promise<Glue> {
  if (!loading) {
    loading = start(source).then(
      (loaded) => (engine = loaded),
      (cause: unknown) => {
        loading = undefined;
        if (cause instanceof LoadError) throw cause;
        // Of what came, only the compiler says anything about it.
        const isOther = (cause as Partial<Error> | null)?.name === "CompileError";
        throw new LoadError(isOther ? OTHER_FILE : "the module could not be loaded", { cause });
      },
    );
    // Nobody has to handle it: each update that needs the engine reports it.
    loading.catch(() => {});
  }
  return loading;
}

/** Whether calls can go into the module now. */
export const isAlive = (): boolean => engine !== undefined && !dead;

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
  if (!engine || dead) return undefined;
  depth++;
  try {
    return act(engine);
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
    engine!.__wbg_reset_state();
    dead = false;
  } catch {
    // The browser has no room for another instance: updates are unavailable until the page is loaded again.
    engine = undefined;
  }
  for (const mourner of informed) mourner();
}

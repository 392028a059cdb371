// The bound module by itself, in Node, on a page that has just what an update asks for.
import { readFileSync } from "node:fs";

const GLUE = new URL("../../build/glue/checkout_updates.js", import.meta.url);

export type Counts = Record<string, number>;

/** What an import does, without the hash in its name. A cast is called by what it casts. */
function nameOf(name: string, casts: ReadonlyMap<string, string>): string {
  const cast = casts.get(name);
  return cast ? `cast of ${cast}` : name.replace(/^__wbg_|^__wbindgen_|_[0-9a-f]{16}$/g, "");
}

/** An instance of the module on a page that has just what an update asks for, and what counts its imports. */
export async function openModule() {
  const casts = new Map(
    [...readFileSync(GLUE, "utf8").matchAll(/(__wbindgen_generic_\w+): function.*\n.*Cast intrinsic for `(\w+)/g)].map(
      ([, name, cast]) => [name!, cast!],
    ),
  );
  let counts: Counts = {};
  const { Instance } = WebAssembly;
  const counted = (functions: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(functions).map(([name, given]) => {
        const key = nameOf(name, casts);
        const call = given as (...all: unknown[]) => unknown;
        return [name, (...all: unknown[]) => ((counts[key] = (counts[key] ?? 0) + 1), call(...all))];
      }),
    );
  WebAssembly.Instance = function (module: WebAssembly.Module, imports: Record<string, Record<string, unknown>>) {
    const all = Object.entries(imports).map(([from, functions]) => [from, counted(functions)]);
    return new Instance(module, Object.fromEntries(all) as WebAssembly.Imports);
  } as never;
  const page = () => new EventTarget();
  Object.assign(globalThis, {
    location: new URL("https://shop.example/"),
    window: page(),
    document: Object.assign(page(), { visibilityState: "visible", baseURI: "https://shop.example/" }),
  });
  const glue = (await import(/* @vite-ignore */ GLUE.href)) as any;
  const module = new WebAssembly.Module(readFileSync(new URL("checkout_updates_bg.wasm", GLUE)));
  const { memory } = glue.initSync({ module }) as { readonly memory: WebAssembly.Memory };
  WebAssembly.Instance = Instance;
  return {
    Updates: glue.Updates as new (options: object) => any,
    memory,
    /** The crossings of this. */
    async during(act: () => Promise<unknown>): Promise<Counts> {
      counts = {};
      await act();
      return counts;
    },
  };
}

// wasm-bindgen's glue as a function that makes an instance of the engine: a module that has trapped is replaced by a fresh
// one, and glue keeps what belongs to its instance in variables of its module.
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { root } from "../lib/run.mjs";
import { target } from "./entries.mjs";

/** What the facade shares with every instance: one class of errors, one check of options and its words. */
const SHARED = { error: ["CheckoutUpdateError", "recorded"], options: "check", check: "undeclared", rules: [] };

/** What stands at the boundary of an instance (js/gate.ts). */
const GATE = ["WebAssembly", "Promise", "enter", "leave"];

/** Takes those from the function's argument. */
const shared = {
  name: "shared",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^gate$/ }, () => ({ path: "gate", namespace: "shared", sideEffects: false }));
    // A snippet of the crate, imported by the glue or by another snippet.
    onResolve({ filter: /^\.{1,2}\/.*\.js$/ }, ({ path, importer }) => {
      const name = /(\w+)\.js$/.exec(path)[1];
      const isSnippet = `${importer} ${path}`.includes("/snippets/");
      return isSnippet && SHARED[name] !== undefined ? { path: name, namespace: "shared", sideEffects: false } : undefined;
    });
    onLoad({ filter: /.*/, namespace: "shared" }, ({ path }) => {
      const names = path === "gate" ? GATE : [SHARED[path]].flat();
      return { contents: names.map((name) => `export const ${name} = shared.${name};`).join("\n") || "export {};" };
    });
  },
};

/**
 * A function of a snippet that needs no glue is imported from the snippet's own module. Shortened, all modules have one
 * name, so those functions join the others in one object.
 */
const joined = (glue) => ({
  name: "joined",
  setup({ onLoad }) {
    onLoad({ filter: /\/checkout_updates\.js$/ }, ({ path }) => {
      if (path !== glue) return undefined;
      const module = new WebAssembly.Module(readFileSync(glue.replace(/\.js$/, "_bg.wasm")));
      const direct = WebAssembly.Module.imports(module).filter(({ module }) => module.includes("/snippets/"));
      const all = readFileSync(glue, "utf8").replace(/^ *"\.\/snippets\/[^"]*": (import\d+),\n/gm, "");
      const imports = direct.map(({ module, name }) => `import { ${name} } from "${module}";\n`).join("");
      const members = direct.map(({ name }) => `${name}, `).join("");
      return { contents: imports + all.replace("const import0 = {", `const import0 = { ${members}`) };
    });
  },
});

/** These names of properties, and no others, made as short as the module's. */
const shortened = (names) => {
  const escaped = Object.keys(names).map((name) => name.replace(/[$./]/g, "\\$&"));
  return { mangleProps: new RegExp(`^(?:${escaped.join("|")})$`), mangleQuoted: true, mangleCache: names };
};

/**
 * Writes `outfile`, whose `instantiate(shared)` gives what `exports` name of the glue in this file. `names` are the
 * module's, where they are not those that the glue was written with.
 */
export async function buildEngine(glue, exports, outfile, { names, plugins = [] } = {}) {
  await build({
    absWorkingDir: root,
    bundle: true,
    format: "iife",
    target,
    charset: "utf8",
    logLevel: "warning",
    // No export of esbuild's: its helper takes what other scripts have added to `Object.prototype` for more of them.
    stdin: {
      contents: `import { ${exports} } from "./${basename(glue)}"; give(${exports});`,
      resolveDir: dirname(glue),
    },
    // In place of globals: jsdom has no `TextDecoder`, nobody may make code of text, and a gate stands around each instance.
    inject: ["./js/text.ts", "./js/code.ts", "gate"],
    banner: { js: `export function instantiate(shared) {\nlet made;\nconst give = (${exports}) => (made = { ${exports} });` },
    footer: { js: "return made;\n}" },
    outfile,
    plugins: [shared, ...(names ? [joined(glue)] : []), ...plugins],
    ...(names && shortened(names)),
  });
}

/** The types that go with it. */
export const engineTypes = `/** What an instance of the engine is. */
export interface Engine {
  /** See \`EngineUpdates\` of js/engine-updates.ts. */
  readonly Updates: new (options: object) => unknown;
  readonly initSync: (given: { readonly module: WebAssembly.Module }) => unknown;
  readonly build: () => string;
  readonly trap?: () => void;
}

/** Makes an instance of the engine, which is ready after \`initSync\`, from what it shares and its gate. */
export declare function instantiate(shared: object): Engine;
`;

// wasm-bindgen's glue as a function that makes an instance of the engine: a module that has trapped is replaced by a fresh
// one, and glue keeps what belongs to its instance in variables of its module.
import { build } from "esbuild";
import { basename, dirname } from "node:path";
import { root } from "../lib/run.mjs";
import { target } from "./entries.mjs";

/** What the facade shares with every instance: one class of errors, and one check of options. */
const SHARED = { error: "CheckoutUpdateError", options: "check" };

/** Takes those from the function's argument. */
const shared = {
  name: "shared",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/snippets\/.*\.js$/ }, ({ path }) => {
      const name = /(\w+)\.js$/.exec(path)[1];
      // The others are theirs, and are not imported by the glue itself.
      return { path: name, namespace: "shared", sideEffects: false };
    });
    onLoad({ filter: /.*/, namespace: "shared" }, ({ path }) => ({
      contents: SHARED[path] ? `export const { ${SHARED[path]} } = shared;` : "export {};",
    }));
  },
};

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
    // In place of globals: jsdom has neither class, and nobody may make code of text.
    inject: ["./js/text.ts", "./js/code.ts"],
    banner: { js: `export function instantiate(shared) {\nlet made;\nconst give = (${exports}) => (made = { ${exports} });` },
    footer: { js: "return made;\n}" },
    outfile,
    plugins: [shared, ...plugins],
    ...(names && shortened(names)),
  });
}

/** The types that go with it. */
export const engineTypes = (path) => `import type * as glue from "${path}";

/** What an instance of the engine is. */
export interface Engine {
  readonly Updates: typeof glue.Updates;
  readonly initSync: typeof glue.initSync;
  readonly build: typeof glue.build;
  readonly trap?: () => void;
}

/** Makes an instance of the engine, which is ready after \`initSync\`. */
export declare function instantiate(shared: object): Engine;
`;

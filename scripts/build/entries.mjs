// What the npm package consists of: the entries of package.json's `exports`, each with its source.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/run.mjs";

const sources = {
  index: "./js/index.ts",
  slim: "./js/slim.ts",
  testing: "./js/testing/index.ts",
};

/** Entry name -> source file. The name is that of the file in dist/. */
export const entries = Object.fromEntries(
  Object.entries(sources).filter(([, source]) => existsSync(join(root, source))),
);

/** What a page without modules loads; it becomes the global `CheckoutUpdates`. */
export const globalEntry = sources.index;

/** Syntax that every browser with WebAssembly reference types has. */
export const target = "es2021";

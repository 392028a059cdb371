// What the npm package consists of: the entries of package.json's `exports`, each with its source.

/** Entry name -> source file. The name is that of the file in dist/. */
export const entries = {
  index: "./js/index.ts",
  slim: "./js/slim.ts",
  react: "./js/react.ts",
  switch: "./js/switch.ts",
  express: "./js/express.ts",
  testing: "./js/testing/index.ts",
};

/** What a page without modules loads; it becomes the global `CheckoutUpdates`. */
export const globalEntry = "./js/global.ts";

/** Syntax that every browser with WebAssembly reference types has. */
export const target = "es2021";

/** What the build that can be made to trap has beside them: the means to. */
export const trapEntries = { trap: "./tests/e2e/contract/trap.js" };

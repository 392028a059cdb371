// npm run build [-- --trap]: the npm package in dist/, rebuilt where its inputs have changed.
import { main, step } from "./lib/run.mjs";
import { hashOf, unlessFresh } from "./lib/stamp.mjs";
import { nodeModules } from "./setup/node-modules.mjs";

/** Builds dist/, or with `trap` dist-trap/, whose module can be made to trap (for tests). */
export async function buildPackage({ trap = false } = {}) {
  await nodeModules();
  const { buildWasm } = await import("./build/wasm.mjs");
  await buildWasm({ trap });
  const [generated, dist] = trap ? ["build/trap", "dist-trap"] : ["build", "dist"];
  const { entries, trapEntries } = await import("./build/entries.mjs");
  const hash = hashOf([
    "js",
    "src/browser",
    "scripts/build",
    "tsconfig.json",
    "tsconfig.build.json",
    "package-lock.json",
    `${generated}/wasm.stamp`,
    ...(trap ? Object.values(trapEntries) : []),
  ]);
  const outputs = Object.keys(trap ? { ...entries, ...trapEntries } : entries).map((name) => `${dist}/${name}.js`);
  await unlessFresh(`${generated}/js.stamp`, hash, outputs, async () => {
    const { buildJs } = await import("./build/js.mjs");
    await step(`Bundle the JavaScript into ${dist}/`, () => buildJs({ trap }));
    if (trap) return;
    const { buildTypes } = await import("./build/types.mjs");
    await step("Write the types into dist/types/", buildTypes);
  });
}

/** Builds the examples that need a bundler from dist/. */
export async function buildExamples() {
  const hash = hashOf(["examples/react", "scripts/build/examples.mjs", "package-lock.json", "build/js.stamp"]);
  await unlessFresh("build/examples.stamp", hash, ["build/examples/react/main.js"], async () => {
    const { buildReactExample } = await import("./build/examples.mjs");
    await step("Bundle the React example into build/examples/react/", buildReactExample);
  });
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    const trap = process.argv.includes("--trap");
    await buildPackage({ trap });
    if (!trap) await buildExamples();
  });
}

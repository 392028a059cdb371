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

/** Builds the examples: with React from dist/, in Rust from the crate. */
export async function buildExamples() {
  const examples = await import("./build/examples.mjs");
  const tool = "scripts/build/examples.mjs";
  const react = hashOf(["examples/react", tool, "package-lock.json", "build/js.stamp"]);
  const withReact = unlessFresh("build/examples.stamp", react, ["build/examples/react/main.js"], () =>
    step("Bundle the React example into build/examples/react/", examples.buildReactExample),
  );
  const rust = hashOf(["examples/rust", "src", "Cargo.toml", "Cargo.lock", tool]);
  const inRust = unlessFresh("build/rust-example.stamp", rust, ["build/examples/rust/main.js"], () =>
    step("Build the Rust example into build/examples/rust/", examples.buildRustExample),
  );
  await Promise.all([withReact, inRust]);
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    const trap = process.argv.includes("--trap");
    await buildPackage({ trap });
    if (!trap) await buildExamples();
  });
}

// The JavaScript of the package: ES modules, CommonJS twins of the same modules, and one script for pages without
// modules. The engine is a chunk of its own in the modules, so that a page pays for it after it has drawn.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { root } from "../lib/run.mjs";
import { entries, globalEntry, target, trapEntries } from "./entries.mjs";

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  sourcemap: true,
  target,
  packages: "external",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  logOverride: { "empty-import-meta": "error" },
};

/** Takes what is imported from build/ from another folder: the variant's own module and glue. */
const fromFolder = (folder) => ({
  name: "generated",
  setup({ onResolve }) {
    const generated = join(root, "build");
    onResolve({ filter: /\/build\// }, ({ path, resolveDir }) => {
      const full = resolve(resolveDir, path);
      return full.startsWith(`${generated}/`) ? { path: join(root, folder, full.slice(generated.length + 1)) } : undefined;
    });
  },
});

/** Each module becomes its own CommonJS file, with the same chunks. */
const relativeToCjs = {
  name: "relative-to-cjs",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, kind }) =>
      kind === "entry-point" ? undefined : { path: path.replace(/\.js$/, ".cjs"), external: true },
    );
  },
};

/** Nobody debugs the module, as text or as JavaScript, and its part of a map would be larger than itself. */
function dropModuleFromMaps(folder) {
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".map"))) {
    const file = join(folder, name);
    if (/^no-wasm-/.test(name)) {
      const script = file.slice(0, -".map".length);
      writeFileSync(script, readFileSync(script, "utf8").replace(/^\/\/# sourceMappingURL=.*\n/m, ""));
      rmSync(file);
      continue;
    }
    const map = JSON.parse(readFileSync(file, "utf8"));
    map.sourcesContent = map.sourcesContent?.map((text, i) => (/\/bytes\.js$/.test(map.sources[i]) ? null : text));
    writeFileSync(file, JSON.stringify(map));
  }
}

/** The engine in plain JavaScript, all by itself: what it shared would be one more file for pages that never load it. */
async function withoutWasm(dist, plugins) {
  const { metafile } = await build({
    ...common,
    format: "esm",
    entryPoints: { "no-wasm": "./build/no-wasm.js" },
    outdir: dist,
    entryNames: "[name]-[hash]",
    metafile: true,
    plugins,
  });
  const file = Object.keys(metafile.outputs).find((path) => path.endsWith(".js"));
  return {
    name: "no-wasm",
    setup({ onResolve }) {
      onResolve({ filter: /\/build\/no-wasm\.js$/ }, () => ({ path: `./${basename(file)}`, external: true }));
    },
  };
}

/** Some entries with what they share, and the chunks that they load later. */
async function modules(dist, entryPoints, define, plugins) {
  await build({
    ...common,
    format: "esm",
    splitting: true,
    entryPoints,
    outdir: dist,
    chunkNames: "[name]-[hash]",
    define: { ...define, CHUNKS: "true" },
    plugins,
  });
}

async function commonJs(dist) {
  const files = readdirSync(dist).filter((name) => name.endsWith(".js"));
  await build({
    ...common,
    format: "cjs",
    platform: "node",
    // Jest cannot `import()` without a flag; the twin requires its chunks instead, still when they are first needed.
    supported: { "dynamic-import": false },
    entryPoints: files.map((name) => join(dist, name)),
    outdir: dist,
    outExtension: { ".js": ".cjs" },
    plugins: [relativeToCjs],
  });
}

async function script(dist, define, plugins) {
  await build({
    ...common,
    format: "iife",
    globalName: "CheckoutUpdates",
    entryPoints: { global: globalEntry },
    outdir: dist,
    define: { ...define, CHUNKS: "false" },
    plugins,
  });
}

/** Builds dist/ from build/ and js/; with `trap`, the modules alone into dist-trap/. */
export async function buildJs({ trap = false } = {}) {
  const generated = trap ? "build/trap" : "build";
  const dist = join(root, trap ? "dist-trap" : "dist");
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  const plugins = [fromFolder(generated)];
  const apart = await withoutWasm(dist, plugins);
  const define = { BUILD: JSON.stringify(JSON.parse(readFileSync(join(root, generated, "build.json"), "utf8")).build) };
  // Each entry by itself: one that imported a chunk would not even begin where that chunk has lost its name, and nothing
  // of ours could say so. The means to trap have to be those of the entry's own engine.
  const groups = trap ? [{ ...entries, ...trapEntries }] : Object.entries(entries).map((entry) => Object.fromEntries([entry]));
  for (const group of groups) await modules(dist, group, define, [apart, ...plugins]);
  if (!trap) {
    await commonJs(dist);
    await script(dist, define, plugins);
  }
  dropModuleFromMaps(dist);
  copyFileSync(join(root, generated, "checkout_updates.wasm"), join(dist, "checkout_updates.wasm"));
}

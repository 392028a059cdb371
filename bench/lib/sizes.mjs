// What a page loads, counted as it is sent: each file bundled and minified by esbuild, and compressed by brotli at 11.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "../../scripts/lib/run.mjs";

const dist = join(root, "dist");

/** The size of some text or bytes after brotli at its highest level. */
export const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }).length;

/** Bundles one module or one text as a page would load it. Gives the files' texts, the page's own first. */
export async function bundle(entry, { external = [], resolveDir = root } = {}) {
  const input = entry.includes("\n") ? { stdin: { contents: entry, resolveDir } } : { entryPoints: [entry] };
  const { outputFiles } = await build({
    ...input,
    absWorkingDir: root,
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: "es2021",
    external,
    define: { "process.env.NODE_ENV": '"production"' },
    outdir: "out",
    write: false,
    logLevel: "error",
  });
  return outputFiles.map(({ text }) => text);
}

/** Bytes as they are, by gzip and by brotli, over all files that a page loads. */
export function weigh(files) {
  const sum = (size) => files.reduce((total, file) => total + size(file), 0);
  return {
    raw: sum((file) => Buffer.byteLength(file)),
    gzip: sum((file) => gzipSync(file, { level: 9 }).length),
    brotli: sum(brotli),
  };
}

/** The sizes of what the package offers, by entry. */
export async function packageSizes() {
  const wasm = readFileSync(join(dist, "checkout_updates.wasm"));
  const slim = await bundle(join(dist, "slim.js"));
  const index = await bundle(join(dist, "index.js"));
  const withReact = await bundle(`export * from "./index.js";\nexport * from "./react.js";`, {
    external: ["react"],
    resolveDir: dist,
  });
  const whole = weigh(index);
  const react = weigh(withReact);
  return {
    wasm: weigh([wasm]),
    "./slim": weigh([wasm, ...slim]),
    ".": whole,
    "./react": Object.fromEntries(Object.entries(react).map(([name, size]) => [name, size - whole[name]])),
    "global.js": weigh([readFileSync(join(dist, "global.js"))]),
  };
}

/** The sizes of what would be used instead, by the name of its file in bench/peers. */
export async function peerSizes() {
  const folder = join(root, "bench", "peers");
  const names = readdirSync(folder).filter((name) => name.endsWith(".js") && name !== "send.js");
  const sizes = names.map(async (name) => [name.replace(/\.js$/, ""), weigh(await bundle(join(folder, name)))]);
  return Object.fromEntries(await Promise.all(sizes));
}

// What a page loads, counted as it is sent: each file bundled and minified by esbuild, and compressed by brotli at 11.
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "../../scripts/lib/run.mjs";

const dist = join(root, "dist");
const peers = join(root, "bench", "peers");

/** Some bytes after brotli at its highest level. */
export const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } });

/** Bundles modules as a page would load them. Gives the files by name; the page's own is "page.js". */
export async function bundle(modules, external = []) {
  const contents = modules.map((path) => `export * from ${JSON.stringify(path)};`).join("\n");
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, sourcefile: "page.js" },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: "es2021",
    external,
    define: { "process.env.NODE_ENV": '"production"' },
    outdir: "out",
    entryNames: "page",
    write: false,
    logLevel: "error",
  });
  return Object.fromEntries(outputFiles.map(({ path, text }) => [basename(path), text]));
}

/** Bytes as they are, by gzip and by brotli, over all files that a page loads. */
function weigh(files) {
  const all = Object.values(files);
  const sum = (size) => all.reduce((total, file) => total + size(file), 0);
  return {
    raw: sum((file) => Buffer.byteLength(file)),
    gzip: sum((file) => gzipSync(file, { level: 9 }).length),
    brotli: sum((file) => brotli(file).length),
  };
}

const read = (name) => ({ [name]: readFileSync(join(dist, name)) });
/** The sizes of pages by name. */
export const weighAll = (bundles) =>
  Object.fromEntries(Object.entries(bundles).map(([name, files]) => [name, weigh(files)]));

/** Parts a page's files into those that every page loads, and the chunk for where WebAssembly is refused. */
function part(files) {
  const of = (wanted) =>
    Object.fromEntries(Object.entries(files).filter(([name]) => /^no-wasm-/.test(name) === wanted));
  return { usual: of(false), plain: of(true) };
}

/** What pages load of the package, by entry. */
export async function packageFiles() {
  const wasm = read("checkout_updates.wasm");
  const [slim, index] = await Promise.all(
    ["slim.js", "index.js"].map(async (name) => part(await bundle([join(dist, name)]))),
  );
  return {
    wasm,
    "./slim": { ...wasm, ...slim.usual },
    ".": index.usual,
    "global.js": read("global.js"),
    "without wasm": index.plain,
  };
}

/**
 * The sizes of what the package offers, by entry; of those that go with another, what they add. `index.js` is what a page
 * needs of the default entry before it can call anything.
 */
export async function packageSizes() {
  const files = await packageFiles();
  const more = ["react", "switch", "express"].map(async (name) => [
    `./${name}`,
    part(await bundle([join(dist, `${name}.js`)], ["react"])).usual,
  ]);
  const added = Object.fromEntries(await Promise.all(more));
  return weighAll({ ...files, "index.js": { page: files["."]["page.js"] }, ...added });
}

/** What pages load of what would be used instead, by the name of its file in bench/peers. */
export async function peerFiles() {
  const names = readdirSync(peers).filter((name) => name.endsWith(".js") && name !== "send.js");
  const files = names.map(async (name) => [name.replace(/\.js$/, ""), await bundle([join(peers, name)])]);
  return Object.fromEntries(await Promise.all(files));
}

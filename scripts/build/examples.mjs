// The examples: the one with React made from the built package, as a shop would make it, and the one in Rust from the
// crate.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../lib/run.mjs";
import { wasmBindgen } from "../setup/wasm-bindgen.mjs";
import { wasmToolchain } from "../setup/wasm-toolchain.mjs";

/** Builds examples/react into build/examples/react. */
export async function buildReactExample() {
  const [from, to] = [join(root, "examples", "react"), join(root, "build", "examples", "react")];
  rmSync(to, { recursive: true, force: true });
  await build({
    absWorkingDir: from,
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    jsx: "automatic",
    // As the package, and `await` at the top of a module.
    target: "es2022",
    define: { "process.env.NODE_ENV": '"production"' },
    entryPoints: ["main.tsx"],
    outdir: to,
    logLevel: "warning",
  });
  copyFileSync(join(from, "index.html"), join(to, "index.html"));
}

/** Builds examples/rust into build/examples/rust: cargo and wasm-bindgen, and one script that starts it. */
export async function buildRustExample() {
  const toolchain = await wasmToolchain();
  const target = "wasm32-unknown-unknown";
  const to = join(root, "build", "examples", "rust");
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  const folder = join(root, "target", "page");
  await run(
    toolchain.cargo,
    ["build", "--quiet", "--locked", "--package", "toggle-page", "--profile", "wasm", "--target", target],
    { env: { ...toolchain.env, CARGO_TARGET_DIR: folder } },
  );
  const module = join(folder, target, "wasm", "toggle_page.wasm");
  await run(await wasmBindgen(), ["--target", "web", "--no-typescript", "--out-dir", join(to, "glue"), module]);
  await build({
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    // Stripe.js' stand-in is the one that every page of the demo has.
    external: ["/dist/*"],
    stdin: { contents: 'import init from "./glue/toggle_page.js"; init();', resolveDir: to },
    outfile: join(to, "main.js"),
    logLevel: "warning",
    // wasm-bindgen's glue names a snippet once for each function that the module imports from it directly.
    logOverride: { "duplicate-object-key": "silent" },
  });
  copyFileSync(join(to, "glue", "toggle_page_bg.wasm"), join(to, "toggle_page_bg.wasm"));
  rmSync(join(to, "glue"), { recursive: true });
  copyFileSync(join(root, "examples", "rust", "index.html"), join(to, "index.html"));
}

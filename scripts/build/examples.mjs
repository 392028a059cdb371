// The examples that need a bundler, made from the built package as a shop would make them.
import { build } from "esbuild";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/run.mjs";

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

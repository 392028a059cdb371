// A clean clone gives the whole package, and two builds of the same sources the same bytes: in another folder, from what
// git has alone, `npm pack` makes the tarball, and every file of dist/ is compared and looked for in it. Libraries, the
// standard one among them, are taken as built.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage } from "./build.mjs";
import { capture, main, root, run, step, Stop } from "./lib/run.mjs";

const OWN = /(^|\/)(lib)?checkout[-_]updates[^/]*$/;

/** Copies what git knows or would take. */
function copySources(to) {
  const names = capture("git", ["-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  for (const name of names.split("\0").filter((name) => name && existsSync(join(root, name)))) {
    cpSync(join(root, name), join(to, name));
  }
}

/** Copies cargo's results but for those of the crate itself. Times are kept: cargo goes by them. */
function copyLibraries(to) {
  for (const folder of [join("target", "wasm"), join("target", "plain")]) {
    const filter = (path) => !OWN.test(path.slice(root.length));
    cpSync(join(root, folder), join(to, folder), { recursive: true, preserveTimestamps: true, filter });
  }
}

const filesOf = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();

const hashes = (folder) =>
  new Map(
    filesOf(folder).map((name) => [
      name,
      createHash("sha256")
        .update(readFileSync(join(folder, name)))
        .digest("hex"),
    ]),
  );

/** Throws `Stop` with the names of the files that differ. */
export async function checkReproducible() {
  await buildPackage();
  const copy = mkdtempSync(join(tmpdir(), "checkout-updates-again-"));
  try {
    copySources(copy);
    copyLibraries(copy);
    const said = await run("npm", ["pack", "--json"], {
      cwd: copy,
      quiet: true,
      env: { npm_config_prefer_offline: "true" },
    });
    const [{ files }] = JSON.parse(said);
    const [one, other] = [hashes(join(root, "dist")), hashes(join(copy, "dist"))];
    const names = [...new Set([...one.keys(), ...other.keys()])];
    const differing = names.filter((name) => one.get(name) !== other.get(name));
    if (differing.length > 0) throw new Stop(`two builds gave different bytes: ${differing.join(", ")}`);
    const packed = new Set(files.map(({ path }) => path));
    const missing = names.filter((name) => !packed.has(`dist/${String(name)}`));
    if (missing.length > 0) throw new Stop(`npm pack left out ${missing.join(", ")}`);
    console.log(`  ${names.length} files of dist/ are the same, and in the tarball of a clean clone`);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  await main(() => step("Pack the package in a clean clone", checkReproducible));
}

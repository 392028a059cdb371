// Two builds of the same sources give the same bytes: the package is built once more from a copy of the repository in
// another folder, and every file of dist/ is compared. Libraries, the standard one among them, are taken as built.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage } from "./build.mjs";
import { capture, main, root, run, step, Stop } from "./lib/run.mjs";

const OWN = /(^|\/)(lib)?checkout[-_]updates[^/]*$/;

/** The build without its set-up: the packages are those of the repository, by a link. */
const BUILD = `
  const step = (name) => import(process.cwd() + "/scripts/build/" + name + ".mjs");
  await (await step("wasm")).buildWasm();
  await (await step("js")).buildJs();
  await (await step("types")).buildTypes();
`;

/** Copies what git knows or would take. */
function copySources(to) {
  const names = capture("git", ["-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  for (const name of names.split("\0").filter((name) => name && existsSync(join(root, name)))) {
    cpSync(join(root, name), join(to, name));
  }
  symlinkSync(join(root, "node_modules"), join(to, "node_modules"));
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
    await run(process.execPath, ["--input-type=module", "--eval", BUILD], { cwd: copy, quiet: true });
    const [one, other] = [hashes(join(root, "dist")), hashes(join(copy, "dist"))];
    const names = [...new Set([...one.keys(), ...other.keys()])];
    const differing = names.filter((name) => one.get(name) !== other.get(name));
    if (differing.length > 0) throw new Stop(`two builds gave different bytes: ${differing.join(", ")}`);
    console.log(`  ${names.length} files of dist/ are the same`);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  await main(() => step("Build the package again, in another folder", checkReproducible));
}

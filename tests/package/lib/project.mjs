// A fixture becomes a project: its own folder outside the repository, whose modules must not be found from there.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cache } from "../../../scripts/lib/places.mjs";
import { root, run } from "../../../scripts/lib/run.mjs";

/** One folder a clone, so that two do not meet. */
export const home = join(cache, "package-tests", createHash("sha256").update(root).digest("hex").slice(0, 8));
const sources = join(import.meta.dirname, "..", "fixtures");
const npm = (args, cwd) => run("npm", args, { cwd, quiet: true });

/** Packs the package as it would be published; the name holds a hash, so that npm sees a new one as new. */
export async function pack() {
  mkdirSync(home, { recursive: true });
  for (const name of readdirSync(home)) if (name.endsWith(".tgz")) rmSync(join(home, name));
  const [{ filename }] = JSON.parse(await npm(["pack", "--json", "--pack-destination", home], root));
  const packed = readFileSync(join(home, filename));
  const tarball = join(home, `checkout-updates-${createHash("sha256").update(packed).digest("hex").slice(0, 16)}.tgz`);
  rmSync(join(home, filename));
  writeFileSync(tarball, packed);
  return tarball;
}

const KEPT = new Set(["node_modules", "package-lock.json", ".installed"]);

/** Writes the fixture's files afresh and installs what it needs, where that has changed. */
export async function prepare({ name, from = [name] }, tarball) {
  const folder = join(home, name);
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(folder)) {
    if (!KEPT.has(entry)) rmSync(join(folder, entry), { recursive: true, force: true });
  }
  for (const source of from) cpSync(join(sources, source), folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  manifest.dependencies = { ...manifest.dependencies, "checkout-updates": `file:${tarball}` };
  const text = JSON.stringify(manifest, null, 2);
  writeFileSync(join(folder, "package.json"), text);
  const stamp = join(folder, ".installed");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== text) {
    rmSync(stamp, { force: true });
    await npm(["install", "--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock"], folder);
    writeFileSync(stamp, text);
  }
  return folder;
}

/** The version of a tool that npm installed. */
export function versionOf(folder, tool) {
  return JSON.parse(readFileSync(join(folder, "node_modules", tool, "package.json"), "utf8")).version;
}

/** All files below a folder. */
export function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

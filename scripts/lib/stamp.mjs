// Skipping what is up to date: a stamp holds a hash of everything that a result was made from.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./run.mjs";

function* files(path) {
  const full = join(root, path);
  if (!existsSync(full)) return;
  if (statSync(full).isFile()) yield path;
  else for (const name of readdirSync(full).sort()) yield* files(join(path, name));
}

/** A hash of the files and folders (relative to the top) and of the extra texts. */
export function hashOf(paths, ...texts) {
  const hash = createHash("sha256");
  for (const path of paths.flatMap((top) => [...files(top)])) {
    hash
      .update(path)
      .update("\0")
      .update(readFileSync(join(root, path)))
      .update("\0");
  }
  for (const text of texts) hash.update(String(text)).update("\0");
  return hash.digest("hex");
}

/** Runs `make` unless the stamp says that `outputs` were made from the same inputs. Tells whether it ran. */
export async function unlessFresh(stamp, hash, outputs, make) {
  const file = join(root, stamp);
  const fresh = existsSync(file) && readFileSync(file, "utf8") === hash;
  if (fresh && outputs.every((path) => existsSync(join(root, path)))) return false;
  rmSync(file, { force: true });
  await make();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, hash);
  return true;
}

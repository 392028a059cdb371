// node scripts/release.mjs TAG REPOSITORY | TAG --check: before a tag is published. The tag, the versions and the changelog
// have to agree; then the manifests are told which repository this is, since provenance is bound to it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { main, root, Stop } from "./lib/run.mjs";

const CRATES = ["Cargo.toml", "server/sandbox/Cargo.toml"];
const read = (name) => readFileSync(join(root, name), "utf8");

/** Throws `Stop` where the tag is of another version than what would be published. */
export function checkVersions(tag, { manifest, workspace, changelog }) {
  const version = JSON.parse(manifest).version;
  if (tag !== `v${version}`) throw new Stop(`the tag is ${tag}, and package.json says ${version}`);
  const [, crate] = /^\[workspace\.package\]\nversion = "([^"]+)"/m.exec(workspace) ?? [];
  if (crate !== version) throw new Stop(`package.json says ${version}, and Cargo.toml ${crate}`);
  if (!changelog.includes(`\n## [${version}]`)) throw new Stop(`CHANGELOG.md has no heading [${version}]`);
}

/** A package.json that names this repository. */
export function withRepository(manifest, url) {
  const { name, version, description, ...rest } = JSON.parse(manifest);
  const repository = { type: "git", url: `git+${url}.git` };
  return `${JSON.stringify({ name, version, description, ...rest, repository }, null, 2)}\n`;
}

/** A Cargo.toml that does. */
export function crateWithRepository(manifest, url) {
  if (/^repository = /m.test(manifest)) return manifest;
  const named = manifest.replace(/^documentation = .*$/m, `$&\nrepository = "${url}"`);
  if (named === manifest) throw new Stop("a crate's manifest has no line for its documentation");
  return named;
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    const [tag, repository] = process.argv.slice(2);
    if (!tag || !/^(--check|https:\/\/[^\s"]+)$/.test(repository ?? "")) {
      throw new Stop("use: node scripts/release.mjs TAG REPOSITORY, or TAG --check");
    }
    checkVersions(tag, {
      manifest: read("package.json"),
      workspace: read("Cargo.toml"),
      changelog: read("CHANGELOG.md"),
    });
    if (repository === "--check") return;
    writeFileSync(join(root, "package.json"), withRepository(read("package.json"), repository));
    for (const name of CRATES) writeFileSync(join(root, name), crateWithRepository(read(name), repository));
  });
}

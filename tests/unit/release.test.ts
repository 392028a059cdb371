import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
// @ts-expect-error A script, which has no types.
import * as release from "../../scripts/release.mjs";

const { checkVersions, crateWithRepository, withRepository } = release as {
  checkVersions(tag: string, texts: Record<"manifest" | "workspace" | "changelog", string>): void;
  crateWithRepository(manifest: string, url: string): string;
  withRepository(manifest: string, url: string): string;
};
const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");

const texts = {
  manifest: '{ "version": "1.2.3" }',
  workspace: '[workspace.package]\nversion = "1.2.3"\n',
  changelog: "# Changelog\n\n## [1.2.3] - 2030-01-01\n",
};

describe("before a tag is published", () => {
  it("the tag, the versions and the changelog agree", () => {
    checkVersions("v1.2.3", texts);
    expect(() => checkVersions("v1.2.4", texts)).toThrow("the tag is v1.2.4, and package.json says 1.2.3");
    expect(() => checkVersions("v1.2.3", { ...texts, workspace: texts.workspace.replace("3", "2") })).toThrow(
      "package.json says 1.2.3, and Cargo.toml 1.2.2",
    );
    expect(() => checkVersions("v1.2.3", { ...texts, changelog: "## [Unreleased]" })).toThrow("no heading [1.2.3]");
  });

  it("finds what it looks for in this repository", () => {
    const { version } = JSON.parse(read("package.json")) as { version: string };
    const own = { manifest: read("package.json"), workspace: read("Cargo.toml"), changelog: `\n## [${version}]` };
    checkVersions(`v${version}`, own);
  });

  it("the manifests name the repository", () => {
    const url = "https://host.example/owner/name";
    const manifest = JSON.parse(withRepository(read("package.json"), url)) as { repository: unknown };
    expect(manifest.repository).toEqual({ type: "git", url: `git+${url}.git` });
    for (const name of ["Cargo.toml", "server/sandbox/Cargo.toml"]) {
      expect(crateWithRepository(read(name), url)).toMatch(/^repository = "https:\/\/host\.example\/owner\/name"$/m);
    }
  });
});

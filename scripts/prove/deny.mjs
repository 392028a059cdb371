// Licences, sources, duplicates and advisories of every crate, by deny.toml.
import { cargoInstall } from "../lib/cargo-install.mjs";
import { capture, run, step } from "../lib/run.mjs";

const CARGO_DENY = "0.20.2";
const ADVISORIES = "https://github.com/rustsec/advisory-db";

/** Checks the crates. The advisories are skipped, and that is said, where their database cannot be fetched. */
export async function deny() {
  const program = await cargoInstall("cargo-deny", CARGO_DENY);
  const check = (...what) => run(program, ["--workspace", "--all-features", "--locked", "check", ...what]);
  await step("cargo deny: licences, bans, sources", () => check("licenses", "bans", "sources"));
  if (capture("git", ["ls-remote", ADVISORIES, "HEAD"]) === null) {
    console.log(`  cargo deny: advisories NOT checked, since ${ADVISORIES} cannot be reached`);
  } else {
    await step("cargo deny: advisories", () => check("advisories"));
  }
}

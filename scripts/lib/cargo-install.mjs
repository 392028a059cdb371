// Command-line tools that come as Rust crates, built once for this user and left alone afterwards.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { cache, toolFolders } from "./places.mjs";
import { capture, run, step, which } from "./run.mjs";

// Shared, since these crates have most of their dependencies in common.
const workshop = join(cache, "cargo-install");

const versionOf = (program, question) => /\d+\.\d+\.\d+/.exec(capture(program, question) ?? "")?.[0];

/** The path of `program` from `crate` in exactly this version, which `question` asks for; built if it is not there. */
export async function cargoInstall(crate, version, { program = crate, question = ["--version"] } = {}) {
  const there = [which(program, toolFolders.slice(0, 1)), which(program), which(program, toolFolders)];
  const found = there.find((path) => path !== null && versionOf(path, question) === version);
  if (found) return found;
  // Unoptimised and without debug information: a third of the time, and these tools are not what takes long.
  const env = { CARGO_PROFILE_DEV_DEBUG: "0", CARGO_TARGET_DIR: workshop };
  const own = join(cache, "tools");
  await step(`Build ${crate} ${version} by cargo install (one to three minutes, once)`, () =>
    run("cargo", ["install", "--quiet", "--debug", "--force", "--root", own, `${crate}@${version}`], {
      env,
      quiet: true,
    }),
  );
  return join(own, "bin", program);
}

/** Removes what building the tools left behind: several hundred megabytes. */
export const cleanUpInstalls = () => rmSync(workshop, { recursive: true, force: true });

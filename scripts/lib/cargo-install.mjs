// Command-line tools that come as Rust crates, built once for this user and left alone afterwards.
import { dirname, join } from "node:path";
import { cache, toolFolders } from "./places.mjs";
import { capture, run, step, which } from "./run.mjs";

const versionOf = (program) => /\d+\.\d+\.\d+/.exec(capture(program, ["--version"]) ?? "")?.[0];

/** The path of `program` from `crate` in exactly this version; built if it is not there. */
export async function cargoInstall(crate, version, program = crate) {
  const there = [which(program, toolFolders.slice(0, 1)), which(program), which(program, toolFolders)];
  const found = there.find((path) => path !== null && versionOf(path) === version);
  if (found) return found;
  // Unoptimised and without debug information: a third of the time, and these tools are not what takes long.
  const env = { CARGO_PROFILE_DEV_DEBUG: "0", CARGO_TARGET_DIR: join(cache, "cargo-install", crate) };
  const own = join(cache, "tools");
  await step(`Build ${crate} ${version} by cargo install (one to three minutes, once)`, () =>
    run("cargo", ["install", "--quiet", "--debug", "--force", "--root", own, `${crate}@${version}`], {
      env,
      quiet: true,
    }),
  );
  return join(own, "bin", program);
}

/** The folder of a program, to be put on PATH. */
export const folderOf = (program) => dirname(program);

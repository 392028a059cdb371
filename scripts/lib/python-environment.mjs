// Environments of Python with one package each, kept where a second clone finds them.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { aptInstall } from "./apt.mjs";
import { cache } from "./places.mjs";
import { capture, run, step, Stop, which } from "./run.mjs";

/**
 * Makes the environment with this version of a package where it is missing or unfinished, and gives the path of its
 * `program`. `complete` tells whether the program at a path is there and works; `title` and `purpose` are for people.
 * Throws `Stop` when it cannot be had.
 */
export async function pythonEnvironment({ name, version, program, complete, title, purpose }) {
  const folder = join(cache, `python-${name}-${version}`);
  const path = join(folder, "bin", program);
  if (complete(path)) return path;
  // Debian's python3 comes without what makes environments.
  const can = () => which("python3") !== null && capture("python3", ["-c", "import ensurepip, venv"]) !== null;
  if (!can()) await aptInstall(["python3", "python3-venv"], purpose);
  if (!can()) throw new Stop(`python3 with its venv module is needed to ${purpose}`);
  await step(`Install ${title} ${version}`, async () => {
    rmSync(folder, { recursive: true, force: true });
    await run("python3", ["-m", "venv", folder], { quiet: true });
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
    await run(join(folder, "bin", "python"), [...pip, `${name}==${version}`], { quiet: true });
  });
  if (!complete(path)) throw new Stop(`${title} ${version} was installed in ${folder} but does not run`);
  return path;
}

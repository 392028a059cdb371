// Schemathesis, which asks a server what its own description allows and what it forbids, in an environment of its own.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { aptInstall } from "../lib/apt.mjs";
import { cache } from "../lib/places.mjs";
import { capture, run, step, Stop, which } from "../lib/run.mjs";

const VERSION = "4.32.5";
const folder = join(cache, `python-schemathesis-${VERSION}`);
const program = join(folder, "bin", "schemathesis");

const complete = () => capture(program, ["--version"])?.endsWith(VERSION) ?? false;

/** Makes the environment where it is missing or unfinished, and gives the path of the program. */
export async function schemathesis() {
  if (complete()) return program;
  const can = () => which("python3") !== null && capture("python3", ["-c", "import ensurepip, venv"]) !== null;
  if (!can()) await aptInstall(["python3", "python3-venv"], "run Schemathesis");
  if (!can()) throw new Stop("python3 with its venv module is needed to run Schemathesis");
  await step(`Install Schemathesis ${VERSION}`, async () => {
    rmSync(folder, { recursive: true, force: true });
    await run("python3", ["-m", "venv", folder], { quiet: true });
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
    await run(join(folder, "bin", "python"), [...pip, `schemathesis==${VERSION}`], { quiet: true });
  });
  if (!complete()) throw new Stop(`Schemathesis ${VERSION} was installed in ${folder} but does not run`);
  return program;
}

// Python with Stripe's official client, in an environment of its own: the tests of the sandbox run it.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { aptInstall } from "../lib/apt.mjs";
import { cache } from "../lib/places.mjs";
import { capture, main, run, step, Stop, which } from "../lib/run.mjs";

const STRIPE = "16.1.0";
const folder = join(cache, `python-stripe-${STRIPE}`);
const program = join(folder, "bin", "python");

const complete = () => capture(program, ["-c", "import stripe; print(stripe.VERSION)"]) === STRIPE;

/** Makes the environment where it is missing or unfinished, and gives the path of its Python. */
export async function python() {
  if (complete()) return program;
  // Debian's python3 comes without what makes environments.
  const can = () => which("python3") !== null && capture("python3", ["-c", "import ensurepip, venv"]) !== null;
  if (!can()) await aptInstall(["python3", "python3-venv"], "run Stripe's Python client in the tests");
  if (!can()) throw new Stop("python3 with its venv module is needed to run Stripe's Python client in the tests");
  await step(`Install Stripe's Python client ${STRIPE}`, async () => {
    rmSync(folder, { recursive: true, force: true });
    await run("python3", ["-m", "venv", folder], { quiet: true });
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
    await run(program, [...pip, `stripe==${STRIPE}`], { quiet: true });
  });
  if (!complete()) throw new Stop(`Stripe's Python client ${STRIPE} was installed in ${folder} but cannot be imported`);
  return program;
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => console.log(await python()));
}

// Python with Stripe's official client and Flask, in an environment of its own: the tests of the sandbox and of
// examples/server/python run it.
import { pythonEnvironment } from "../lib/python-environment.mjs";
import { capture, main, run, step } from "../lib/run.mjs";

const STRIPE = "16.1.0";
const FLASK = "3.1.3";

const versionOf = (path, name) =>
  capture(path, ["-c", `from importlib.metadata import version; print(version("${name}"))`]);

/** Makes the environment where it is missing or unfinished, and gives the path of its Python. */
export async function python() {
  const path = await pythonEnvironment({
    name: "stripe",
    version: STRIPE,
    program: "python",
    complete: (at) => versionOf(at, "stripe") === STRIPE,
    title: "Stripe's Python client",
    purpose: "run Stripe's Python client in the tests",
  });
  if (versionOf(path, "flask") !== FLASK) {
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
    await step(`Install Flask ${FLASK}`, () => run(path, [...pip, `flask==${FLASK}`], { quiet: true }));
  }
  return path;
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => console.log(await python()));
}

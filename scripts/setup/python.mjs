// Python with Stripe's official client, in an environment of its own: the tests of the sandbox run it.
import { pythonEnvironment } from "../lib/python-environment.mjs";
import { capture, main } from "../lib/run.mjs";

const STRIPE = "16.1.0";

/** Makes the environment where it is missing or unfinished, and gives the path of its Python. */
export const python = () =>
  pythonEnvironment({
    name: "stripe",
    version: STRIPE,
    program: "python",
    complete: (path) => capture(path, ["-c", "import stripe; print(stripe.VERSION)"]) === STRIPE,
    title: "Stripe's Python client",
    purpose: "run Stripe's Python client in the tests",
  });

if (process.argv[1] === import.meta.filename) {
  await main(async () => console.log(await python()));
}

// Schemathesis, which asks a server what its own description allows and what it forbids, in an environment of its own.
import { pythonEnvironment } from "../lib/python-environment.mjs";
import { capture } from "../lib/run.mjs";

const VERSION = "4.32.5";

/** Makes the environment where it is missing or unfinished, and gives the path of the program. */
export const schemathesis = () =>
  pythonEnvironment({
    name: "schemathesis",
    version: VERSION,
    program: "schemathesis",
    complete: (path) => capture(path, ["--version"])?.endsWith(VERSION) ?? false,
    title: "Schemathesis",
    purpose: "run Schemathesis",
  });

// The servers, the sandbox and the fault server, as the tests start them.
import { run, step } from "../lib/run.mjs";

/**
 * Builds them as their own tests need them, which are built in a whole run anyway: by themselves their dependencies have
 * other features, and would be built twice.
 */
export const buildServers = () =>
  step("Build the servers", () =>
    run("cargo", ["test", "--no-run", "--quiet", "--locked", "--workspace", "--exclude", "checkout-updates"]),
  );

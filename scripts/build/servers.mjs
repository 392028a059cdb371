// The servers, the sandbox and the fault server, as the tests start them.
import { run, step } from "../lib/run.mjs";

/** Cargo's arguments for what runs on the host alone: with a page in Rust, all the bindings of browsers are built too. */
export const ON_HOST = ["--workspace", "--exclude=checkout-updates", "--exclude=toggle-page", "--exclude=checkout-updates-floor"];

/**
 * Builds them as their own tests need them, which are built in a whole run anyway: by themselves their dependencies have
 * other features, and would be built twice.
 */
export const buildServers = () =>
  step("Build the servers", () =>
    run("cargo", ["test", "--no-run", "--quiet", "--locked", ...ON_HOST]),
  );

// Building one of the workspace's servers and handing the terminal over to it.
import { spawn } from "node:child_process";
import { root, run, step } from "./run.mjs";

/** Builds the server; quick where nothing has changed. */
export const buildServer = (name) => step(`Build ${name}`, () => run("cargo", ["build", "--quiet", "--package", name]));

/** Builds and runs a server until it ends; its exit code becomes ours. */
export async function serve(name, args = []) {
  await buildServer(name);
  const child = spawn("cargo", ["run", "--quiet", "--package", name, "--", ...args], { cwd: root, stdio: "inherit" });
  // The server stops by itself on a signal, and may first finish what it is doing: wait for it.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? (signal === null ? 1 : 0)));
  });
}

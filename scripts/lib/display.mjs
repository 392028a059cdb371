// A display that nobody sees: WebKitGTK's browser has no mode without one.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Stop, which } from "./run.mjs";

/** Starts an X server on a number that is free. Gives its name for `DISPLAY`, and what ends it and all that draws there. */
export async function startDisplay() {
  const program = which("Xvfb");
  if (program === null) throw new Stop("no Xvfb on PATH: run npm run setup");
  const args = ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"];
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const stop = () => child.kill();
  process.once("exit", stop);
  const [number] = await Promise.race([
    once(child.stdio[3], "data"),
    once(child, "exit").then(() => {
      throw new Stop("Xvfb ended before it had a display");
    }),
  ]);
  return { name: `:${String(number).trim()}`, stop };
}

// A tool that serves its project by itself.
import { spawn } from "node:child_process";
import { createServer } from "node:net";

/** A port that is free now. Tools that take port 0 do not say which they got in one way. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Runs the project's script `start` until it says that it is ready. */
export async function startTool(folder) {
  const port = await freePort();
  const child = spawn("npm", ["start", "--", "--port", String(port)], {
    cwd: folder,
    // A group of its own, so that all of what npm started can be ended.
    detached: true,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  let said = "";
  await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        said += text;
        if (/ready in/i.test(said)) resolve();
      });
    }
    child.on("error", reject);
    void ended.then((code) => reject(new Error(`npm start ended with ${code}\n${said}`)));
  });
  return {
    port,
    stop: async () => {
      process.kill(-child.pid, "SIGTERM");
      await ended;
    },
  };
}

// The demo server with an empty database, serving the pages of the measurements in place of its own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { launch as start, root, Stop } from "../../scripts/lib/run.mjs";
import { buildServer } from "../../scripts/lib/serve.mjs";

const NAME = "checkout-updates-server";

/** Starts it; files are by path. */
export async function startDemo(files) {
  await buildServer(NAME);
  const folder = mkdtempSync(join(tmpdir(), "checkout-bench-"));
  for (const [path, content] of Object.entries({ "/index.html": "<!doctype html><title>-</title>", ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const binary = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug", NAME);
  const env = { ...process.env, STRIPE_SECRET_KEY: "", PORT: "0", SANDBOX_PORT: "0", WWW: folder, LOG: "error" };
  env.DATABASE = join(folder, "demo.sqlite3");
  const server = start(binary, [], { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
  const over = new Promise((resolve) => server.once("exit", resolve));
  const url = await new Promise((resolve, reject) => {
    const lines = createInterface({ input: server.stdout });
    lines.on("line", (line) => {
      const found = /^listening on (\S+)$/.exec(line)?.[1];
      if (found) resolve(found);
    });
    server.once("exit", () => reject(new Stop("the demo server ended before it listened")));
  });
  const close = async () => {
    server.kill("SIGTERM");
    await over;
    rmSync(folder, { recursive: true });
  };
  return { url, close };
}

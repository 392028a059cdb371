// Starts the fault server and asks it what it saw.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** Builds the fault server; gives the path of the program. `FAULT_SERVER` names one that is there already. */
export function buildServer() {
  if (process.env.FAULT_SERVER) return process.env.FAULT_SERVER;
  const { status, stdout } = spawnSync("cargo", ["build", "-q", "-p", "fault-server", "--message-format=json"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error("the fault server does not build");
  const built = stdout.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
  return built.find((artifact) => artifact.executable && artifact.target.name === "fault-server").executable;
}

/** What the page of the faults needs: itself and the built package. */
const FOLDERS = { "/": fileURLToPath(new URL("../page", import.meta.url)), "/dist": packageFolder("dist") };

/** The folder of a built package. */
export function packageFolder(name) {
  return join(root, name);
}

/** Starts one server for these folders, by path. It ends with this process at the latest. */
export async function startServer(program, folders = FOLDERS) {
  for (const [path, folder] of Object.entries(folders)) {
    const isThere = !/^\/(dist|copy)/.test(path) || existsSync(join(folder, "index.js"));
    if (!isThere) throw new Error(`${folder} is not built: npm run build, and npm run build -- --trap`);
  }
  const served = Object.entries(folders).flatMap(([path, folder]) => ["--serve", `${folder}=${path}`]);
  const child = spawn(program, served, { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await once(createInterface(child.stdout), "line");
  const url = `http://127.0.0.1:${line}`;
  const json = async (path) => {
    const response = await fetch(url + path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const ports = await json("/ports");
  const question = (filter) => new URLSearchParams(filter).toString();
  return {
    url,
    /** The origin of that name, without a path. */
    origin: (name) => `http://127.0.0.1:${ports[name]}`,
    /** What came in so far: `{ requests, applied }`. Takes `path`, `method` and `key`. */
    recorded: (filter) => json(`/recorded?${question(filter)}`),
    /** The same once `count` requests are there and the peers of `left` of them have gone. */
    wait: (filter) => json(`/recorded/wait?${question(filter)}`),
    async stop() {
      child.stdin.end();
      const [code] = child.exitCode === null ? await once(child, "exit") : [child.exitCode];
      if (code !== 0) throw new Error(`the fault server ended with ${code}`);
    },
  };
}

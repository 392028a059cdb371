// A sandbox of its own for a test file, behind a proxy that holds every answer against Stripe's description.
import { execFileSync, spawn } from "node:child_process";
import { createServer, request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { problems } from "./schema.mjs";

const root = join(import.meta.dirname, "..", "..", "..");

function program() {
  const args = ["build", "--locked", "--package=checkout-updates-sandbox", "--message-format=json-render-diagnostics"];
  const output = execFileSync("cargo", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const built = output
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return built.findLast(({ executable, target }) => executable && target.name === "checkout-updates-sandbox")
    .executable;
}

/** Starts the program and waits until it says where it listens. */
async function start(args) {
  const child = spawn(program(), ["--port=0", ...args], { stdio: ["ignore", "pipe", "ignore"] });
  const lines = createInterface(child.stdout);
  const printed = [];
  lines.on("line", (line) => printed.push(line));
  const [line] = await Promise.race([
    once(lines, "line"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`the sandbox ended with ${code}`))),
  ]);
  /** The first line that fits, printed already or to come. */
  const lineOf = async (pattern) => {
    while (!printed.some((text) => pattern.test(text))) await once(lines, "line");
    return printed.find((text) => pattern.test(text));
  };
  return { child, url: new URL(line.split(" ").at(-1)), lineOf };
}

async function body(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Passes a request on. An answer that never came is none here either. */
function forward(target, incoming, sent) {
  return new Promise((resolve) => {
    const { method, url: path, headers } = incoming;
    const outgoing = request({ host: target.hostname, port: target.port, method, path, headers, agent: false });
    outgoing.on("response", async (answer) => resolve({ answer, received: await body(answer) }));
    outgoing.on("error", () => resolve(null));
    outgoing.end(sent);
  });
}

/** `{ host, port, url, seen, lineOf, stop }`: what was answered so often, what was wrong with it, what was printed. */
export async function startSandbox(...args) {
  const { child, url: target, lineOf } = await start(args);
  const seen = { answers: 0, dropped: 0, wrong: [] };
  const proxy = createServer(async (incoming, outgoing) => {
    const passed = await forward(target, incoming, await body(incoming));
    if (passed === null) {
      seen.dropped += 1;
      incoming.socket.destroy();
      return;
    }
    const { answer, received } = passed;
    const { pathname } = new URL(incoming.url, target);
    const label = `${incoming.method} ${pathname} ${answer.statusCode}`;
    const found = problems(incoming.method, pathname, answer.statusCode, JSON.parse(received.toString()));
    if (found !== null) seen.answers += 1;
    if (found?.length) seen.wrong.push({ label, found });
    if (!/^req_\w+$/.test(answer.headers["request-id"] ?? "")) seen.wrong.push({ label, found: ["no request-id"] });
    outgoing.writeHead(answer.statusCode, answer.headers).end(received);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address();
  const stop = async () => {
    proxy.closeAllConnections();
    proxy.close();
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
  };
  return { host: "127.0.0.1", port, url: `http://127.0.0.1:${port}`, seen, lineOf, stop };
}

// A proxy in front of the server of wasm-bindgen's test runner, so that each request has a connection of its own.
// That server is tiny_http 0.12: its pool of threads can queue a connection behind one that the browser keeps open,
// and then a script of the page never comes (seen in half of the runs on a busy machine).
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./run.mjs";

function forward(incoming, answer) {
  const headers = { ...incoming.headers, connection: "close" };
  delete headers["proxy-connection"];
  const outgoing = request(incoming.url, { method: incoming.method, headers, agent: false });
  outgoing.on("response", (response) => {
    answer.writeHead(response.statusCode, response.headers);
    response.pipe(answer);
    response.on("aborted", () => answer.destroy());
  });
  outgoing.on("error", () => answer.destroy());
  answer.on("close", () => outgoing.destroy());
  incoming.pipe(outgoing);
}

/** What `webdriver.json` says, and for both browsers that requests to loopback go through the proxy too. */
async function capabilities(port) {
  const said = JSON.parse(await readFile(join(root, "webdriver.json"), "utf8"));
  said["goog:chromeOptions"].args.push(`--proxy-server=127.0.0.1:${port}`, "--proxy-bypass-list=<-loopback>");
  const prefs = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": port,
    "network.proxy.allow_hijacking_localhost": true,
  };
  return { ...said, "moz:firefoxOptions": { prefs } };
}

/** Calls `work` with the environment in which wasm-bindgen's runner sends its browser through the proxy. */
export async function throughProxy(work) {
  const server = createServer(forward);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const folder = await mkdtemp(join(tmpdir(), "webdriver-"));
  try {
    const file = join(folder, "webdriver.json");
    await writeFile(file, JSON.stringify(await capabilities(server.address().port)));
    return await work({ WASM_BINDGEN_TEST_WEBDRIVER_JSON: file });
  } finally {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  }
}

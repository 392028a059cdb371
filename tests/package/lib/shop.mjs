// The shop of a fixture: its page, by files or from the tool's own server, and the endpoint that changes the plan.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".css": "text/css; charset=utf-8",
  ".wasm": "application/wasm",
};
const PLANS = { monthly: "Monthly plan", yearly: "Yearly plan" };

/** The policy that the docs ask for, and not a word more. */
export const STRICT = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

/**
 * `folders` are URL prefixes and the folders that answer for them; without a match, `upstream` (a port) is asked.
 * An import map has to stand in the page, so the policy allows it by its hash. `types` replaces MIME types.
 * `intercept(path)` may give an answer of its own, which is not counted as served: `{ status, contentType, body }`, or
 * `{ abort: true }`.
 */
export async function openShop({ folders = {}, upstream, policy = STRICT, types = {}, intercept }) {
  const updates = [];
  const served = [];
  let interval = "monthly";

  const server = createServer(async (incoming, outgoing) => {
    const path = decodeURIComponent(new URL(incoming.url, "http://shop").pathname);
    const answer = (status, type, body) => {
      outgoing.writeHead(status, { "Content-Type": type, "Cache-Control": "no-store" });
      outgoing.end(body);
    };
    const own = await intercept?.(path);
    // No answer to a page. A connection that closes is none to a browser that asks again.
    if (own?.abort) return outgoing.writeHead(302, { Location: "data:," }).end();
    if (own) return answer(own.status ?? 200, own.contentType ?? "text/plain", own.body);
    served.push(path);
    if (path === "/session") {
      return answer(200, TYPES[".json"], JSON.stringify({ id: "cs_test_1", lineItems: [{ name: PLANS[interval] }] }));
    }
    if (path === "/favicon.ico") return answer(204, "image/x-icon");
    if (path === "/change-plan") {
      const body = JSON.parse(await text(incoming));
      updates.push({ body, key: incoming.headers["idempotency-key"] });
      interval = body.interval;
      return answer(200, TYPES[".json"], JSON.stringify({ type: "success" }));
    }
    if (upstream) return forward(upstream, incoming, outgoing, policy);
    const file = find(folders, path);
    const content = file && (await readFile(file).catch(() => null));
    if (content === null) return answer(404, "text/plain", "not found");
    if (file.endsWith(".html")) outgoing.setHeader("Content-Security-Policy", withImportMap(policy, content));
    answer(200, types[extname(file)] ?? TYPES[extname(file)] ?? "application/octet-stream", content);
  });
  server.on("upgrade", (incoming, socket, head) => upgrade(upstream, incoming, socket, head));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    updates,
    served,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function find(folders, path) {
  const prefix = Object.keys(folders)
    .filter((each) => path.startsWith(each))
    .sort((one, two) => two.length - one.length)[0];
  if (prefix === undefined) return null;
  const rest = normalize(path.slice(prefix.length)) || ".";
  return join(folders[prefix], rest === "." ? "index.html" : rest);
}

function withImportMap(policy, html) {
  const map = /<script type="?importmap"?>([^]*?)<\/script>/.exec(html)?.[1];
  if (map === undefined) return policy;
  const hash = createHash("sha256").update(map).digest("base64");
  return policy.replace("script-src 'self'", `script-src 'self' 'sha256-${hash}'`);
}

async function text(incoming) {
  let all = "";
  for await (const chunk of incoming.setEncoding("utf8")) all += chunk;
  return all;
}

function forward(port, incoming, outgoing, policy) {
  const { method, url, headers } = incoming;
  const onward = request({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
    const own = policy && /^text\/html/.test(answer.headers["content-type"] ?? "");
    outgoing.writeHead(answer.statusCode, { ...answer.headers, ...(own && { "content-security-policy": policy }) });
    answer.pipe(outgoing);
  });
  onward.on("error", () => outgoing.destroy());
  incoming.pipe(onward);
}

/** A development server's socket to its page. */
function upgrade(port, { method, url, rawHeaders }, socket, head) {
  if (!port) return socket.destroy();
  const onward = connect(port, "127.0.0.1", () => {
    const lines = rawHeaders.map((text, i) => (i % 2 ? `${text}\r\n` : `${text}: `)).join("");
    onward.write(`${method} ${url} HTTP/1.1\r\n${lines}\r\n`);
    onward.write(head);
    onward.pipe(socket).pipe(onward);
  });
  onward.on("error", () => socket.destroy());
  socket.on("error", () => onward.destroy());
}

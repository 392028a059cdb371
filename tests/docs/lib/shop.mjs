// A shop on loopback: the page of a guide, the built package, and a server that keeps one session.
import { existsSync, readFileSync } from "node:fs";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { root } from "./blocks.mjs";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".ts": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
  ".map": "application/json",
};

const plan = (interval) => ({
  lineItems: [{ id: "li_1", name: `Plan, ${interval}`, unitAmount: interval === "year" ? 10_000 : 1_000 }],
  recurring: { interval, intervalCount: 1 },
});

/** What endpoints do unless a page says otherwise. */
const ENDPOINTS = {
  "/change-subscription-interval": ({ interval }, session) => {
    Object.assign(session, plan(interval === "yearly" ? "year" : "month"));
    return { type: "success" };
  },
  "/update-line-item-quantity": ({ quantity }, session) => {
    session.lineItems[0].quantity = quantity;
    return { type: "success" };
  },
};

async function bodyOf(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}

/** Serves `files` by path and answers updates; gives what was asked for. */
export async function openShop({ files, policy, endpoints = {} }) {
  const session = { id: "cs_test_docs", email: "ada@example.com", ...plan("month") };
  const updates = { ...ENDPOINTS, ...endpoints };
  const requests = [];
  const events = new EventEmitter();

  async function answer(request, response) {
    const path = request.url.split("?")[0];
    const send = (status, type, body) => {
      response.writeHead(status, { "content-type": type, ...(policy && { "content-security-policy": policy }) });
      response.end(body);
    };
    const json = (value) => send(200, "application/json", JSON.stringify(value));
    if (path in files) return send(200, TYPES[extname(path) || ".html"], files[path]);
    if (path === "/session") return json(session);
    if (path === "/create-checkout-session") {
      return json({ clientSecret: "cs_test_docs_secret_1", publishableKey: "pk_test_docs" });
    }
    if (path.startsWith("/checkout-updates/")) {
      const file = normalize(join(root, "dist", path.slice("/checkout-updates/".length)));
      if (file.startsWith(join(root, "dist")) && existsSync(file)) {
        return send(200, TYPES[extname(file)], readFileSync(file));
      }
    }
    if (request.method !== "POST") return send(path === "/favicon.ico" ? 204 : 404, "text/plain");
    const text = await bodyOf(request);
    requests.push({ path, headers: request.headers, text });
    events.emit(path, requests.at(-1));
    if (!(path in updates)) return send(404, "text/plain");
    json((shop.answer ?? updates[path])(JSON.parse(text), session));
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const shop = {
    url: `http://127.0.0.1:${server.address().port}/`,
    session,
    requests,
    /** The next request to this path. */
    received: (path) => once(events, path).then(([request]) => request),
    /** Answers every update while it is set. */
    answer: null,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
  return shop;
}

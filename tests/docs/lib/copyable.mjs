// The servers of examples/server between the demo's page and its sandbox, with what passes on both sides on record.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { python } from "../../../scripts/setup/python.mjs";
import { buildServer } from "../../../scripts/lib/serve.mjs";
import { root } from "./blocks.mjs";

const DEMO = "checkout-updates-server";
const PRICES = {
  MONTHLY_PRICE: "price_team_monthly",
  YEARLY_PRICE: "price_team_yearly",
  LAMP_PRICE: "price_desk_lamp",
};
const KEY = "sk_test_copyable";
// Whoever runs the tests may have keys of their own.
const NO_KEYS = { STRIPE_SECRET_KEY: "", STRIPE_PUBLISHABLE_KEY: "" };

/** How each example is started. */
export const examples = {
  node: async () => [process.execPath, ["examples/server/node/server.mjs"]],
  python: async () => [await python(), ["examples/server/python/server.py"]],
};

/** Starts a program and waits until its output has each of the patterns; `found` is what they matched. */
async function start(command, args, env, patterns) {
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  const found = await new Promise((resolve, reject) => {
    const look = (line) => {
      text += `${line}\n`;
      const matches = patterns.map((pattern) => pattern.exec(text)?.[1]);
      if (matches.every(Boolean)) resolve(matches);
    };
    for (const stream of [child.stdout, child.stderr]) createInterface(stream).on("line", look);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${command} ended with ${code}:\n${text}`)));
  });
  const stop = async () => {
    child.kill("SIGTERM");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  };
  return { found, stop, said: () => text };
}

/** Passes requests on to the URL that `route` gives, and keeps them. An answer that is `cut` never comes. */
async function startProxy(route) {
  const seen = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method, url, headers } = incoming;
    const one = { method, path: url.split("?")[0], url, headers, body: Buffer.concat(chunks).toString() };
    seen.push(one);
    const target = new URL(await route(one));
    const options = { method, headers: { ...headers, host: target.host, ...one.more }, agent: false };
    request(target, options, (answer) => {
      if (one.cut) return incoming.socket.destroy();
      answer.pipe(outgoing.writeHead(answer.statusCode, answer.headers));
    })
      .on("error", () => incoming.socket.destroy())
      .end(one.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, seen, stop };
}

/** The demo, whose page, catalogue and sandbox all examples use. */
export async function startDemo() {
  await buildServer(DEMO);
  const folder = mkdtempSync(join(tmpdir(), "checkout-copyable-"));
  const env = {
    PORT: "0",
    SANDBOX_PORT: "0",
    ...NO_KEYS,
    DATABASE: join(folder, "demo.sqlite3"),
    LOG: "error",
  };
  const program = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug", DEMO);
  const demo = await start(program, ["--misbehave"], env, [/^listening on (\S+)$/m, /^sandbox on (\S+)$/m]);
  const [page, sandbox] = demo.found;
  const stop = async () => {
    await demo.stop();
    rmSync(folder, { recursive: true });
  };
  return { page, sandbox, stop };
}

/** An example in front of the sandbox, and the demo's page in front of the example. */
export async function startExample(name, demo) {
  // `cut` is the method of the requests to Stripe whose answers are cut off once they are carried out.
  const shop = { cut: null, beforeUpdate: null };
  const isUpdate = ({ method, path }) => method === "POST" && path !== "/v1/checkout/sessions";
  const stripe = await startProxy(async (one) => {
    if (isUpdate(one)) await shop.beforeUpdate?.(one.path.split("/").at(-1));
    one.cut = shop.cut === one.method;
    return demo.sandbox + one.url;
  });
  const [command, args] = await examples[name]();
  const env = {
    ...NO_KEYS,
    ...PRICES,
    PORT: "0",
    ORIGIN: "https://shop.example",
    STRIPE_SECRET_KEY: KEY,
    STRIPE_API: stripe.url,
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const server = await start(command, args, env, [/(http:\/\/127\.0\.0\.1:\d+)/]);
  const own =
    /^\/(create-checkout-session|change-subscription-interval|update-custom-amount|update-line-item-quantity)$/;
  const front = await startProxy((one) => {
    if (own.test(one.path)) return server.found[0] + one.url;
    if (one.path !== "/session") return demo.page + one.url;
    // The stand-in for Stripe.js asks for the session; Stripe's own asks Stripe.
    const id = new URL(one.url, demo.page).searchParams.get("checkout_session_id");
    one.more = { authorization: `Bearer ${KEY}` };
    return `${demo.sandbox}/sandbox/sessions/${id}/browser`;
  });

  async function api(method, path, params) {
    const init = { method, headers: { authorization: `Bearer ${KEY}` } };
    const response = await fetch(demo.sandbox + path, params ? { ...init, body: new URLSearchParams(params) } : init);
    if (!response.ok) throw new Error(`the sandbox answered ${response.status} to ${method} ${path}`);
    return response.json();
  }
  return Object.assign(shop, {
    url: front.url,
    /** What the page sent for an update. */
    sent: (path) => front.seen.filter((one) => one.path === path),
    /** How often the example asked Stripe for anything. */
    asked: () => stripe.seen.length,
    /** What the example sent to Stripe to change a session. */
    updates: () => stripe.seen.filter(isUpdate),
    /** The session's items as Stripe has them. */
    items: async (id) => (await api("GET", `/v1/checkout/sessions/${id}/line_items?limit=100`)).data,
    create: (params) => api("POST", "/v1/checkout/sessions", params),
    expire: (id) => api("POST", `/v1/checkout/sessions/${id}/expire`),
    misbehave: (plan) => api("POST", "/sandbox/misbehave", plan),
    said: server.said,
    stop: async () => {
      front.stop();
      await server.stop();
      stripe.stop();
    },
  });
}

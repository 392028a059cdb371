// The demo server held against its own description: Schemathesis reads /openapi.json, sends what it allows and what it
// forbids, and no answer may be a 5xx, one of a status that is not described, or one of another form.
//   npm run prove -- schemathesis              1,000 examples an endpoint
//   node scripts/prove/schemathesis.mjs 20     as many as it says
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildServers } from "../build/servers.mjs";
import { main, root, run, step } from "../lib/run.mjs";
import { seedOf } from "../lib/seed.mjs";
import { schemathesis as setUp } from "../setup/schemathesis.mjs";

const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
];

/** The server's own binary with the sandbox, on free ports and an empty database. */
async function startServer(folder) {
  const binary = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug", "checkout-updates-server");
  const env = {
    ...process.env,
    PORT: "0",
    SANDBOX_PORT: "0",
    STRIPE_SECRET_KEY: "",
    // What is refused as too much would hide the rest.
    CREATIONS_PER_MINUTE: "1000000",
    UPDATES_PER_MINUTE: "1000000",
    UPDATES_OF_VISITOR: "1000000",
    STOCK: "1000000",
    DATABASE: join(folder, "demo.sqlite3"),
    LOG: "error",
  };
  const child = spawn(binary, [], { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => child.kill());
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /^listening on (\S+)$/.exec(line) ?? [];
    if (url) return { url: url.replace(/\/$/, ""), child };
  }
  throw new Error(`${binary} ended before it listened`);
}

/** A visit, so that what is sent is somebody's, with a session of each cart. */
async function visit(url) {
  const begin = async (cart, cookie) => {
    const headers = { Origin: url, "Content-Type": "application/json", ...(cookie && { Cookie: cookie }) };
    const answer = await fetch(`${url}/create-checkout-session`, {
      method: "POST",
      headers,
      body: JSON.stringify({ cart }),
    });
    const { clientSecret } = await answer.json();
    return { cookie: answer.headers.get("set-cookie")?.split(";")[0], session: clientSecret.split("_secret_")[0] };
  };
  const { cookie, session } = await begin("subscription");
  return { cookie, sessions: [session, (await begin("goods", cookie)).session] };
}

/** The description, in which most of the session ids are some that there are. */
async function description(url, sessions) {
  const document = await (await fetch(`${url}/openapi.json`)).json();
  for (const { post } of Object.values(document.paths)) {
    const properties = post.requestBody.content["application/json"].schema.properties;
    const id = properties.checkout_session_id;
    if (id) properties.checkout_session_id = { anyOf: [{ enum: sessions }, id] };
  }
  return document;
}

/** Asks with so many examples an endpoint. */
export async function schemathesis(examples = 1_000) {
  const program = await setUp();
  await buildServers();
  const folder = mkdtempSync(join(tmpdir(), "schemathesis-"));
  const { url, child } = await startServer(folder);
  try {
    const { cookie, sessions } = await visit(url);
    const file = join(folder, "openapi.json");
    writeFileSync(file, JSON.stringify(await description(url, sessions)));
    const headers = [`Origin: ${url}`, `Cookie: ${cookie}`].flatMap((header) => ["--header", header]);
    const seed = seedOf();
    const args = ["run", file, "--url", url, ...headers, "--checks", CHECKS.join(","), "--seed", seed];
    // Both what the description allows and what it forbids.
    args.push("--max-examples", String(examples), "--mode", "all", "--phases", "coverage,fuzzing", "--no-color");
    await step(`Ask the server by its own description, ${examples} examples an endpoint, SEED=${seed}`, () =>
      run(program, args, { cwd: folder }),
    );
  } finally {
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    await gone;
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) await main(() => schemathesis(Number(process.argv[2] ?? 1_000)));

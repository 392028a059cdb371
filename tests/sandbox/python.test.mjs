// Stripe's Python client runs the whole life of a session against the sandbox.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { python } from "../../scripts/setup/python.mjs";
import { startSandbox } from "./lib/sandbox.mjs";

let program;
let sandbox;
before(async () => {
  program = await python();
  sandbox = await startSandbox("--misbehave");
});
after(() => sandbox.stop());

test("the Python client's tests pass", async () => {
  const child = spawn(program, [join(import.meta.dirname, "life.py")], {
    env: { ...process.env, SANDBOX_URL: sandbox.url, PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  assert.deepEqual(await once(child, "exit"), [0, null]);
});

test("every answer was as Stripe's description says", () => {
  assert.deepEqual(sandbox.seen.wrong, []);
  assert.ok(sandbox.seen.answers > 30, String(sandbox.seen.answers));
});

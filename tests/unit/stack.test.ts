// How deep the module's own stack gets: scripts/build/wasm.mjs gives it 64 KiB at the start of the memory, and what goes
// below that is a trap.
import { expect, test } from "vitest";
import { openModule } from "./module-support.js";

const STACK = 64 * 1024;
const FILL = 0xa5;

test("callbacks in callbacks, long answers and nested intents use less than half of the stack", async () => {
  const { Updates, memory } = await openModule();
  const region = () => new Uint8Array(memory.buffer, 0, STACK);
  // Nothing runs, so nothing of it is in use.
  region().fill(FILL);
  const session = { id: "cs_test_a1", status: { type: "open" } };
  const actions = {
    getSession: () => session,
    runServerUpdate: (update: () => Promise<unknown>) => update().then(() => ({ type: "success", session })),
  };
  const deep = (levels: number): unknown => (levels ? { error: [deep(levels - 1)], data: { errors: [] } } : "no");
  const answers = [
    JSON.stringify(deep(400)),
    JSON.stringify({
      error: { message: "Sold out today. ".repeat(30), code: "out_of_stock" },
      more: "x".repeat(60_000),
    }),
    `{"body":${JSON.stringify(JSON.stringify({ statusCode: 400, error: "Sold out today." }))}}`,
    "<html>",
    "PHP Warning: x",
  ];
  let calls = 0;
  let depth = 0;
  const address = {
    line1: "1 Main St",
    country: "US",
    line2: "",
    city: "Springfield",
    state: "IL",
    postal_code: "62701",
  };
  const ship = () => updates.run(actions, "ship", { to: { name: "Jenny Rosen", address } });
  /** What a page might do from within any callback. */
  const nest = () => {
    if (calls > 400 || depth === 8) return;
    calls += 1;
    depth += 1;
    void ship();
    void updates.refresh(actions);
    void updates.pay(actions, () => Promise.resolve());
    updates.cancel();
    updates.metrics();
    updates.pendingIntent("ship");
    updates.isPending("ship", { to: { name: "Jenny Rosen", address } });
    depth -= 1;
  };
  const updates = new Updates({
    session: () => (nest(), "cs_test_a1"),
    fetch: () => (
      nest(),
      Promise.resolve(new Response(answers[calls % answers.length], { status: calls % 3 ? 200 : 400 }))
    ),
    onFailure: nest,
    onSettled: nest,
    messages: () => (nest(), "Our words."),
    csrf: { header: "X-CSRF", token: () => (nest(), "token") },
    endpoints: {
      ship: { url: "/ship", rules: { to: { kind: "address" } }, options: { latest: false, retries: 1 } },
    },
  });
  const stop = updates.subscribe(nest);
  for (let round = 0; round < 40; round++) await ship();
  stop();
  expect(calls).toBeGreaterThan(100);
  updates.dispose();
  const used = STACK - region().findIndex((byte) => byte !== FILL);
  console.log(`the deepest use of the stack: ${used} of ${STACK} bytes`);
  expect(used).toBeGreaterThan(500);
  expect(used).toBeLessThan(STACK / 2);
});

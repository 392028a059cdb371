// How deep the module's own stack gets: scripts/build/wasm.mjs gives it 64 KiB at the start of the memory, and what goes
// below that is a trap.
import { expect, test } from "vitest";
import { openModule } from "./module-support.js";

const STACK = 64 * 1024;
const FILL = 0xa5;

test("callbacks in callbacks, an end within one, long answers and nested intents use less than half of the stack", async () => {
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
    `${'{"error":'.repeat(6000)}"no"${"}".repeat(6000)}`,
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
  let left = 0;
  let round = 0;
  let requests = 0;
  const kinds = new Set<unknown>();
  const address = {
    line1: "1 Main St",
    country: "US",
    line2: "Apt 4",
    city: "Springfield",
    state: "IL",
    postal_code: "62701",
  };
  const ship = () => updates.run(actions, "ship", { to: { name: "Jenny Rosen", address } });
  /** What a page might do from within any callback. */
  const nest = () => {
    if (!left || depth === 8) return;
    left -= 1;
    calls += 1;
    depth += 1;
    void ship();
    void updates.refresh(actions);
    // A payment refuses updates from then on, and what is cancelled has no answer: not in each round.
    if (round >= 36) void updates.pay(actions, () => Promise.resolve());
    if (round % 4 > 1) updates.cancel();
    updates.metrics();
    updates.pendingIntent("ship");
    updates.isPending("ship", { to: { name: "Jenny Rosen", address } });
    depth -= 1;
  };
  const updates = new Updates({
    session: () => (nest(), "cs_test_a1"),
    fetch: () => (
      (requests += 1),
      nest(),
      Promise.resolve(new Response(answers[requests % answers.length], { status: requests % 2 ? 200 : 400 }))
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
  for (; round < 40; round++) {
    left = 20;
    const { type, error } = await ship();
    kinds.add(error?.kind ?? type);
  }
  left = 20;
  stop();
  expect(calls).toBeGreaterThan(100);
  // What is refused before it is sent has no answer to read.
  expect(requests).toBeGreaterThan(20);
  expect([...kinds]).toContain("refused");
  updates.dispose();
  for (const name of ["session", "fetch", "messages", "onFailure", "onSettled"]) {
    let ended = 0;
    const end = (here: string) => {
      if (here !== name || ended++) return;
      nest();
      brief.dispose();
    };
    const brief = new Updates({
      session: () => (end("session"), `cs_test_${name}`),
      fetch: () => (end("fetch"), Promise.resolve(new Response(answers[0], { status: 400 }))),
      messages: () => (end("messages"), "Our words."),
      onFailure: () => end("onFailure"),
      onSettled: () => end("onSettled"),
      endpoints: { ship: { url: "/ship", rules: { to: { kind: "address" } } } },
    });
    const own = { id: `cs_test_${name}`, status: { type: "open" } };
    const page = { ...actions, getSession: () => own };
    await brief.run(page, "ship", { to: { name: "Jenny Rosen", address } });
    expect(ended, name).toBeGreaterThan(0);
  }
  const used = STACK - region().findIndex((byte) => byte !== FILL);
  console.log(`the deepest use of the stack: ${used} of ${STACK} bytes`);
  expect(used).toBeGreaterThan(500);
  expect(used).toBeLessThan(STACK / 2);
});

// What docs/test-runners.md says of mocked timers.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createUpdates } from "../../../js/index.js";
import { endpoint, oneOf } from "../../../js/rules.js";
import { createFakeServer, createFakeStripe } from "../../../js/testing/index.js";

const updates = createUpdates({
  endpoints: { changeInterval: endpoint("/change", { interval: oneOf("monthly", "yearly") }) },
});
let server: ReturnType<typeof createFakeServer>;

beforeEach(async () => {
  server = createFakeServer({ "/change": () => new Promise(() => {}) });
  await updates.ready;
});
afterEach(() => {
  updates.dispose();
  server.close();
  vi.useRealTimers();
});

async function run() {
  const loaded = await createFakeStripe().initCheckoutElementsSdk({ clientSecret: "cs_test_1_secret_2" }).loadActions();
  if (loaded.type === "error") throw new Error(loaded.error.message);
  return updates.run(loaded.actions, "changeInterval", { interval: "yearly" });
}

test("with timers and Date mocked, the deadline comes", async () => {
  vi.useFakeTimers();
  const running = run();
  await vi.advanceTimersByTimeAsync(19_501);
  expect(await running).toMatchObject({ type: "error", error: { kind: "timeout", applied: "unknown" } });
});

test("with timers alone it does not, and the limit of the stand-in ends the update", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const running = run();
  await vi.advanceTimersByTimeAsync(20_001);
  expect(await running).toMatchObject({ type: "error", error: { kind: "stripe_error", applied: "unknown" } });
});

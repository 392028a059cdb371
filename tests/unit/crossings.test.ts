// How often one update crosses from WebAssembly to JavaScript, by import: one more is a decision. crossings.json has the
// numbers; `CROSSINGS=write npx vitest run tests/unit/crossings.test.ts` writes them anew.
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openModule, type Counts } from "./module-support.js";

const TABLE = new URL("crossings.json", import.meta.url);
/** The most that an update may take (bench/SIZE.md). */
const MOST = { request: 150, run: 200 };

test("one update crosses as often as the table says", async () => {
  const { Updates, during } = await openModule();
  const updates = new Updates({
    session: () => "cs_test_a1",
    fetch: () => Promise.resolve(new Response('{"ok":true}')),
    endpoints: { change: { url: "/change", rules: { interval: { kind: "oneOf", values: ["monthly", "yearly"] } } } },
  });
  const session = { id: "cs_test_a1", status: { type: "open" } };
  const actions = {
    getSession: () => session,
    runServerUpdate: (update: () => Promise<unknown>) => update().then(() => ({ type: "success", session })),
  };
  const once = {
    request: () => updates.request("change", { interval: "yearly" })(),
    run: () => updates.run(actions, "change", { interval: "yearly" }),
  };
  const found: Record<string, Counts> = {};
  for (const [kind, act] of Object.entries(once)) {
    // What is asked of the page once was asked.
    await act();
    const counts = await during(act);
    found[kind] = Object.fromEntries(Object.entries(counts).sort(([one], [other]) => (one < other ? -1 : 1)));
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
    expect(all, kind).toBeLessThanOrEqual(MOST[kind as keyof typeof MOST]);
  }
  updates.dispose();
  if (process.env["CROSSINGS"] === "write") writeFileSync(TABLE, `${JSON.stringify(found, null, 2)}\n`);
  expect(found).toEqual(JSON.parse(readFileSync(TABLE, "utf8")));
});

import { build } from "esbuild";
import { createContext, runInContext } from "node:vm";
import { afterEach, expect, test, vi } from "vitest";
import { createFakeServer, type FakeServer } from "../../js/testing/index.js";
import { fresh, ready, SESSION, stripe, turn, yearly } from "./facade-support.js";

let server: FakeServer | undefined;
afterEach(() => {
  server?.close();
  server = undefined;
});

test("without a browser or the stand-in server every update is unavailable, and nothing is loaded", async () => {
  const { updates: create, source } = await fresh();
  const onFailure = vi.fn();
  const updates = create({ onFailure });
  const { actions, fake } = await stripe();
  const failure = { kind: "unavailable", applied: "no", attempts: 0, status: null };
  const request = updates.request("change", yearly);
  await expect(request()).rejects.toMatchObject({ ...failure, endpoint: "change" });
  expect(request.failure).toMatchObject(failure);
  const work = vi.fn();
  await expect(updates.wrap("own", work)()).rejects.toMatchObject({ ...failure, endpoint: "own" });
  expect(await updates.run(actions, "change", yearly)).toEqual({
    type: "error",
    error: expect.objectContaining({ ...failure, detail: expect.stringContaining("./testing") }),
  });
  expect(await updates.refresh(actions)).toEqual({
    type: "error",
    error: expect.objectContaining({ ...failure, endpoint: "" }),
  });
  expect([source.mock.calls.length, work.mock.calls.length, fake.updates.length]).toEqual([0, 0, 0]);
  expect([updates.isPending(), updates.isStale()]).toEqual([false, false]);
  expect(onFailure).toHaveBeenCalledTimes(4);
  const { endpoints, failures } = updates.metrics();
  expect(endpoints["change"]).toMatchObject({ updates: 2, failures: { unavailable: 2 } });
  expect(endpoints["own"]).toMatchObject({ updates: 1, failures: { unavailable: 1 } });
  expect(failures).toHaveLength(4);
});

test("it is unavailable again once the stand-in server is closed", async () => {
  const { updates: create } = await ready();
  server = createFakeServer({ "/change": () => 200 });
  const update = create().request("change", yearly);
  expect((await update()).status).toBe(200);
  server.close();
  await expect(update()).rejects.toMatchObject({ kind: "unavailable", applied: "no" });
});

test("with the stand-in server an update runs from end to end, once the module is loaded", async () => {
  server = createFakeServer({ "/change": () => ({ type: "success" }) });
  const { createUpdates, endpoint, oneOf } = await import("../../js/index.js");
  const updates = createUpdates({
    endpoints: { change: endpoint("/change", { interval: oneOf("monthly", "yearly") }) },
  });
  const { actions } = await stripe();
  const outcome = await updates.run(actions, "change", yearly);
  expect(outcome).toEqual({ type: "success", session: actions.getSession(), body: { type: "success" } });
  expect(server.requests.map(({ url, text, method }) => [method, url, text])).toEqual([
    ["POST", "http://localhost/change", `{"checkout_session_id":"${SESSION}","interval":"yearly"}`],
  ]);
  await expect(updates.ready).resolves.toBeUndefined();
});

const BROWSERS_OWN = [
  "window",
  "self",
  "document",
  "location",
  "localStorage",
  "XMLHttpRequest",
  "reportError",
  "history",
];

test("importing it and createUpdates ask which globals there are, and neither call nor write one", async () => {
  const { outputFiles } = await build({
    entryPoints: ["js/index.ts"],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "checkoutUpdates",
    // As in the package's own build.
    inject: ["js/text.ts"],
  });
  // A context has the language alone; everything else that could be found here is watched.
  const language = new Set(runInContext("Object.getOwnPropertyNames(globalThis)", createContext()) as string[]);
  const touched: string[] = [];
  const world = {};
  for (const name of [...Object.getOwnPropertyNames(globalThis), ...BROWSERS_OWN]) {
    if (language.has(name)) continue;
    Object.defineProperty(world, name, { get: () => void touched.push(name), configurable: false });
  }
  const before = Reflect.ownKeys(world);
  const context = createContext(world);
  runInContext(
    "for (const name of ['Object', 'Array', 'Promise', 'Symbol', 'JSON']) Object.freeze(globalThis[name]);",
    context,
  );
  const use = `
    const { createUpdates, endpoint, oneOf } = checkoutUpdates;
    const updates = createUpdates({
      endpoints: { change: endpoint("/change", { interval: oneOf("monthly", "yearly") }) },
      session: () => { throw new Error("read too early"); },
      onFailure() {},
    });
    updates.request("change", { interval: "yearly" });
    updates.wrap("own", () => {});
    updates.subscribe(() => {})();
    JSON.stringify([updates.isPending(), updates.isStale(), updates.getSnapshot()]);`;
  const shown = runInContext(`"use strict";\n${outputFiles[0]!.text}\n${use}`, context) as string;
  expect(JSON.parse(shown)).toEqual([false, false, { pending: false, stale: false, paying: false }]);
  expect(new Set(touched)).toEqual(new Set(["TextDecoder", "TextEncoder", "document"]));
  expect(Reflect.ownKeys(world).filter((name) => !before.includes(name))).toEqual(["checkoutUpdates"]);
});

test("no source of the facade keeps the process alive or writes to the console", async () => {
  const log = (["log", "info", "warn", "error", "debug"] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation(() => {}),
  );
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  const { updates: create } = await ready();
  server = createFakeServer({ "/change": () => ({ type: "error", message: "Sold out." }) });
  const updates = create();
  await expect(updates.request("change", yearly)()).rejects.toMatchObject({ kind: "refused" });
  await turn();
  expect(timers()).toBeLessThanOrEqual(before);
  for (const spy of log) {
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
  }
});

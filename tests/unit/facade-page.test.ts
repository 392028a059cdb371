// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createFakeServer, type FakeServer } from "../../js/testing/index.js";
import { fresh, gate, ready, stripe, turn, yearly } from "./facade-support.js";

let server: FakeServer;
let sendBeacon: ReturnType<typeof vi.fn>;
beforeEach(() => {
  server = createFakeServer({ "/change": () => 200, "/quantity": () => 200 });
  sendBeacon = vi.fn(() => true);
  Object.defineProperty(navigator, "sendBeacon", { value: sendBeacon, configurable: true });
});
afterEach(() => {
  server.close();
  vi.restoreAllMocks();
  show();
});

let visibility: { mockRestore(): void } | undefined;
function show(): void {
  visibility?.mockRestore();
  visibility = undefined;
  document.dispatchEvent(new Event("visibilitychange"));
}
function hide(): void {
  visibility = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  document.dispatchEvent(new Event("visibilitychange"));
}
const leave = () => void window.dispatchEvent(new PageTransitionEvent("pagehide"));
const back = (persisted: boolean) => void window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted }));
const reported = () => sendBeacon.mock.calls.map(([url, text]) => [url, JSON.parse(text as string)] as const);

test("on a page the module is loaded behind createUpdates, and a load that fails bothers nobody", async () => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  const { updates: create, source, fail } = await fresh();
  create();
  expect(source).toHaveBeenCalledOnce();
  fail(new Error("404"));
  await turn();
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test("what is new is sent by beacon whenever the page is hidden, once to each reporter", async () => {
  const updates = (await ready()).updates();
  updates.reportTo("/metrics");
  const end = updates.reportTo("/other");
  hide();
  expect(sendBeacon).not.toHaveBeenCalled();
  show();
  await updates.request("change", yearly)();
  hide();
  const change = expect.objectContaining({ updates: 1, successes: 1, failures: {} });
  expect(reported()).toEqual([
    ["/metrics", { endpoints: { change } }],
    ["/other", { endpoints: { change } }],
  ]);
  leave();
  expect(sendBeacon).toHaveBeenCalledTimes(2);
  end();
  show();
  await updates.request("quantity", { quantity: 1 })();
  leave();
  expect(reported().slice(2)).toEqual([["/metrics", { endpoints: { quantity: expect.anything() } }]]);
  back(false);
});

test("a page that is out of the sample reports nothing", async () => {
  const updates = (await ready()).updates();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  updates.reportTo("/no", { sampleRate: 0.5 });
  updates.reportTo("/yes", { sampleRate: 0.51 });
  await updates.request("change", yearly)();
  hide();
  expect(sendBeacon.mock.calls.map(([url]) => url as string)).toEqual(["/yes"]);
});

test("a report has no messages, ids, values or URLs", async () => {
  const updates = (await ready()).updates();
  updates.reportTo("/metrics");
  server.handle("/change", () => ({ error: "Secret words." }));
  await updates
    .request("change", yearly)()
    .catch(() => {});
  hide();
  const [[, text]] = sendBeacon.mock.calls as [[string, string]];
  expect(JSON.parse(text)).toMatchObject({ endpoints: { change: { failures: { refused: 1 } } } });
  expect(text).not.toMatch(/Secret|cs_test|yearly|http|\//);
});

test("what a beacon did not take is kept for the next time, and nobody else is told later for it", async () => {
  const uncaught = vi.fn();
  vi.stubGlobal("reportError", uncaught);
  sendBeacon.mockImplementationOnce(() => {
    throw new TypeError("beacon");
  });
  const updates = (await ready()).updates();
  updates.reportTo("/one");
  updates.reportTo("/two");
  await updates.request("change", yearly)();
  hide();
  expect(sendBeacon).toHaveBeenLastCalledWith("/two", expect.any(String));
  sendBeacon.mockImplementationOnce(() => false);
  hide();
  expect(sendBeacon.mock.calls.map(([url]) => url)).toEqual(["/one", "/two", "/one"]);
  hide();
  const [first, , , last] = sendBeacon.mock.calls;
  expect(last).toEqual(first);
  hide();
  expect(sendBeacon).toHaveBeenCalledTimes(4);
  expect(uncaught).not.toHaveBeenCalled();
  vi.unstubAllGlobals();
});

test("a page from the back/forward cache is stale if an update ever ran, and refreshes itself", async () => {
  const updates = (await ready()).updates();
  const { actions, fake } = await stripe();
  await updates.refresh(actions);
  leave();
  back(true);
  expect([updates.isStale(), fake.updates.length]).toEqual([false, 1]);
  await updates.run(actions, "change", yearly);
  const changes: boolean[] = [];
  updates.subscribe(() => changes.push(updates.isStale()));
  leave();
  back(true);
  await fake.idle();
  await vi.waitUntil(() => !updates.isStale());
  expect(changes).toEqual([true, false]);
  expect(fake.updates.length).toBe(3);
  updates.dispose();
});

test("while stale it looks again when the browser is online and when the page becomes visible", async () => {
  const updates = (await ready()).updates();
  const { actions, fake } = await stripe();
  server.handle("/change", () => 500);
  await updates.run(actions, "change", yearly);
  expect([updates.isStale(), fake.updates.length]).toEqual([true, 2]);
  window.dispatchEvent(new Event("online"));
  await fake.idle();
  await turn();
  hide();
  await turn();
  expect(fake.updates.length).toBe(3);
  show();
  await fake.idle();
  expect(fake.updates.length).toBe(4);
  updates.dispose();
  expect(updates.isStale()).toBe(false);
});

test("what the browser ends after pagehide is cancelled, and no failure", async () => {
  const onFailure = vi.fn();
  const updates = (await ready()).updates({ onFailure });
  const answer = gate();
  server.handle("/change", () =>
    answer.opened.then(() => {
      throw new TypeError("aborted by the browser");
    }),
  );
  const ended = updates.request("change", yearly)();
  leave();
  answer.open();
  await expect(ended).rejects.toMatchObject({ kind: "cancelled", reason: "left", applied: "unknown" });
  expect([onFailure.mock.calls.length, updates.metrics().endpoints["change"]!.updates]).toEqual([0, 0]);
  back(false);
  updates.dispose();
});

test("dispose lets go of the page's events", async () => {
  const targets = [window, document];
  const added = targets.map((target) => vi.spyOn(target, "addEventListener"));
  const removed = targets.map((target) => vi.spyOn(target, "removeEventListener"));
  const kinds = (spies: typeof added | typeof removed) =>
    spies.flatMap((spy) => (spy.mock.calls as [string, ...unknown[]][]).map(([kind]) => kind)).sort();
  const updates = (await ready()).updates();
  await updates.request("change", yearly)();
  const whole = ["beforeunload", "online", "pagehide", "pageshow", "resume", "visibilitychange"];
  expect(kinds(added)).toEqual(whole);
  // Leaving is listened for a while longer: to listen anew for each update takes long.
  expect(kinds(removed)).toEqual([]);
  updates.dispose();
  expect(kinds(removed)).toEqual(whole);
});

test("a path goes to the page's own origin, wherever a `<base>` points", async () => {
  document.head.innerHTML = '<base href="https://elsewhere.test/">';
  const updates = (await ready()).updates();
  await updates.request("change", yearly)();
  document.head.replaceChildren();
  expect(server.requests.map(({ url }) => url)).toEqual([`${location.origin}/change`]);
});

test("each update is a measure that is cleared once it is measured", async () => {
  const measure = vi.spyOn(performance, "measure");
  const updates = (await ready()).updates();
  await updates.request("change", yearly)();
  expect(measure.mock.calls.map(([name]) => name)).toEqual(["checkout-updates:change"]);
  expect(performance.getEntriesByType("measure")).toEqual([]);
  measure.mockImplementationOnce(() => {
    throw new Error("no user timing");
  });
  expect((await updates.request("change", yearly)()).status).toBe(200);
});

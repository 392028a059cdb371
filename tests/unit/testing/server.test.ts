import { afterEach, describe, expect, test, vi } from "vitest";
import { createFakeServer, respond, type FakeHandler, type FakeServer } from "../../../js/testing/index.js";

const PLACE = Symbol.for("checkout-updates.server");
type Send = (url: string, init?: RequestInit) => Promise<Response>;
const send: Send = (url, init) => (globalThis as unknown as Record<symbol, Send>)[PLACE]!(url, init);
const post = (body: unknown, init: RequestInit = {}): RequestInit => ({
  method: "POST",
  headers: { "Content-Type": "application/json", "Idempotency-Key": "k1" },
  body: JSON.stringify(body),
  ...init,
});

let server: FakeServer | undefined;
const start = (handler: FakeHandler): FakeServer => (server = createFakeServer({ "/x": handler }));
afterEach(() => {
  server?.close();
  vi.unstubAllGlobals();
});

test("answers a path, and records what it was sent", async () => {
  const handler = vi.fn((body: { interval: string }) => ({ type: "success", echo: body.interval }));
  const { requests } = start(handler);
  const response = await send("http://localhost/x?y=1", post({ interval: "yearly" }));
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toEqual({ type: "success", echo: "yearly" });
  expect(requests).toEqual([
    {
      url: "http://localhost/x?y=1",
      path: "/x",
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "k1" },
      text: '{"interval":"yearly"}',
      signal: null,
    },
  ]);
  expect(handler).toHaveBeenCalledExactlyOnceWith({ interval: "yearly" }, requests[0]);
});

test.each([
  [undefined, 204, ""],
  [null, 204, ""],
  [503, 503, ""],
  ["OK", 200, "OK"],
  [[1, 2], 200, "[1,2]"],
  [false, 200, "false"],
  [respond(400, { type: "error", message: "No." }), 400, '{"type":"error","message":"No."}'],
  [respond(200, "<html>"), 200, "<html>"],
] as const)("a handler may answer %j", async (answer, status, text) => {
  start(() => answer);
  for (const native of [true, false]) {
    if (!native) vi.stubGlobal("Response", undefined);
    if (!native && typeof answer === "object" && answer && "status" in answer) continue;
    const response = await send("/x", post({}));
    expect([response.status, response.ok, await response.text()]).toEqual([status, status < 300, text]);
  }
});

test("an answer has headers, also where there is no Response", async () => {
  start(() => respond(429, undefined, { "Retry-After": "2" }));
  for (const response of [await send("/x"), (vi.stubGlobal("Response", undefined), await send("/x"))]) {
    expect([response.status, response.headers.get("retry-after"), response.headers.get("x")]).toEqual([429, "2", null]);
  }
});

test("a Response is handed on as it is", async () => {
  const given = new Response("{}", { status: 201 });
  start(() => given);
  expect(await send("/x")).toBe(given);
});

test("takes headers in all their forms", async () => {
  const { requests } = start(() => 204);
  for (const headers of [{ "X-A": "1" }, [["X-A", "1"]] as [string, string][], new Headers({ "X-A": "1" })]) {
    await send("/x", { method: "POST", headers });
  }
  expect(requests.map((request) => request.headers)).toEqual([{ "x-a": "1" }, { "x-a": "1" }, { "x-a": "1" }]);
});

test("a path that nobody handles is 404 and is recorded", async () => {
  const { requests } = start(() => 204);
  expect((await send("https://api.example.com/y")).status).toBe(404);
  expect((await send("https://api.example.com")).status).toBe(404);
  expect(requests.map(({ path }) => path)).toEqual(["/y", "/"]);
});

test("a handler that throws is a broken connection", async () => {
  start(() => {
    throw new TypeError("Failed to fetch");
  });
  await expect(send("/x")).rejects.toThrow("Failed to fetch");
});

test("a request can be aborted, before and while it runs", async () => {
  const { requests } = start(() => new Promise(() => {}));
  await expect(send("/x", { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
  expect(requests).toHaveLength(0);
  const controller = new AbortController();
  const request = send("/x", { signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(request).rejects.toThrow("enough");
});

test("handlers can be replaced", async () => {
  const { handle } = start(() => 204);
  handle("/x", () => 500);
  expect((await send("/x")).status).toBe(500);
});

describe("one server inside another", () => {
  const open = (name: string) => createFakeServer({ "/x": () => name });
  const asked = async () => (PLACE in globalThis ? (await send("/x")).text() : "nobody");

  test("closing the inner one gives the requests back to the outer one", async () => {
    const [outer, inner] = [open("outer"), open("inner")];
    expect(await asked()).toBe("inner");
    inner[Symbol.dispose]();
    expect(await asked()).toBe("outer");
    outer.close();
    expect(await asked()).toBe("nobody");
  });

  test("an outer one that is closed first does not come back", async () => {
    const [first, second, third] = [open("first"), open("second"), open("third")];
    second.close();
    expect(await asked()).toBe("third");
    third.close();
    third.close();
    expect(await asked()).toBe("first");
    first.close();
    expect(await asked()).toBe("nobody");
  });
});

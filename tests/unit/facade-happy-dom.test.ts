// @vitest-environment happy-dom
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { createFakeServer } from "../../js/testing/index.js";
import { ready, stripe, yearly } from "./facade-support.js";

interface HappyDom {
  setURL(url: string): void;
}

const happyDom = (window as unknown as { happyDOM: HappyDom }).happyDOM;

afterEach(() => {
  vi.unstubAllGlobals();
  happyDom.setURL("http://localhost:3000/");
});

/** Runs an update and calls a function of another; gives how each ended. */
async function both() {
  const updates = (await ready()).updates();
  const { actions } = await stripe();
  const { type, error } = (await updates.run(actions, "change", yearly)) as { type: string; error?: { kind: string } };
  const called = await updates
    .request("change", yearly)()
    .then(
      ({ status }) => status,
      ({ kind }: { kind: string }) => kind,
    );
  updates.dispose();
  return [error?.kind ?? type, called];
}

test("with the stand-in server", async () => {
  using server = createFakeServer({ "/change": () => ({ type: "success" }) });
  expect(await both()).toEqual(["success", 200]);
  expect(server.requests.map(({ url }) => url)).toEqual(["/change", "/change"]);
});

test("at the address that happy-dom gives a page by itself, the stand-in server answers, and nobody else is asked", async () => {
  happyDom.setURL("about:blank");
  const asked = vi.fn();
  vi.stubGlobal("fetch", asked);
  const server = createFakeServer({ "/change": () => ({ type: "success" }) });
  expect(await both()).toEqual(["success", 200]);
  server.close();
  expect(await both()).toEqual(["unavailable", "unavailable"]);
  expect(asked).not.toHaveBeenCalled();
});

test("with happy-dom's own fetch", async () => {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    request.setEncoding("utf8").on("data", (text: string) => bodies.push(text));
    request.on("end", () => response.setHeader("content-type", "application/json").end('{"type":"success"}'));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  happyDom.setURL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  expect(await both()).toEqual(["success", 200]);
  expect(bodies).toEqual(Array(2).fill('{"checkout_session_id":"cs_test_a1","interval":"yearly"}'));
  await new Promise((resolve) => server.close(resolve));
});

test("where a request cannot even be made, as in a window that is closed, the page's fetch is asked", async () => {
  vi.stubGlobal(
    "Request",
    class {
      constructor() {
        // Of another realm, so no `Error` of this one.
        throw Object.assign(Object.create(null) as object, { name: "InvalidStateError" });
      }
    },
  );
  const asked = vi.fn(async () => new Response('{"type":"success"}'));
  vi.stubGlobal("fetch", asked);
  expect(await both()).toEqual(["success", 200]);
  expect(asked).toHaveBeenCalledTimes(2);
});

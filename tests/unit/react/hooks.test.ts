// @vitest-environment jsdom
import { act, createElement, StrictMode, useEffect, type ReactNode } from "react";
import { createRoot, hydrateRoot, type Root } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useUpdate, useUpdatesState } from "../../../js/react.js";
import { createUpdates } from "../../../js/index.js";
import { endpoint, identifier, integer } from "../../../js/rules.js";
import { createFakeServer, createFakeStripe } from "../../../js/testing/index.js";
import type { Outcome, Snapshot } from "../../../js/types.js";

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
let root: Root;
let complaint: ReturnType<typeof vi.spyOn>;

beforeEach(() => {
  complaint = vi.spyOn(console, "error").mockImplementation(() => {});
  root = createRoot(document.body.appendChild(document.createElement("main")));
});
afterEach(async () => {
  await act(async () => root.unmount());
  document.body.replaceChildren();
  expect(complaint).not.toHaveBeenCalled();
  complaint.mockRestore();
});

/** For a machine that has much to do. */
const PATIENT = { timeout: 20_000 };

const render = (node: ReactNode) => act(async () => root.render(createElement(StrictMode, null, node)));

/** Updates whose outcomes the test gives, one by one. */
function scripted() {
  const calls: { given: unknown[]; settle: (outcome: unknown) => void; reject: (error: unknown) => void }[] = [];
  const run = vi.fn(
    (...given: unknown[]) =>
      new Promise((settle, reject) => {
        calls.push({ given, settle, reject });
      }),
  );
  return { calls, run, updates: { run } as any };
}

type Hook = {
  wanted: any;
  run: (intent: any, options?: any) => Promise<Outcome>;
  pending: boolean;
  failure: { kind: string } | null;
};

/** Renders one hook and keeps what each render saw. */
function hook() {
  const seen: Hook[] = [];
  function Component({ updates, checkout, name = "change" }: { updates: any; checkout: any; name?: string }) {
    const shown = useUpdate(updates, checkout, name) as Hook;
    useEffect(() => void seen.push(shown));
    return createElement("p", null, shown.pending ? "pending" : (shown.failure?.kind ?? "idle"));
  }
  return { seen, Component, last: () => seen[seen.length - 1]! };
}

const text = () => document.querySelector("main")!.textContent;
const success = { type: "success", session: {}, body: null };
const failed = (kind: string) => ({ type: "error", error: { kind } });

test("shows pending, then the failure, and nothing of it once the next update runs", async () => {
  const { updates, calls } = scripted();
  const { Component, last } = hook();
  await render(createElement(Component, { updates, checkout: {} }));
  expect(text()).toBe("idle");

  let outcome!: Promise<Outcome>;
  await act(async () => void (outcome = last().run({ interval: "yearly" })));
  expect(text()).toBe("pending");
  await act(async () => calls[0]!.settle(failed("refused")));
  expect(text()).toBe("refused");
  expect(await outcome).toEqual(failed("refused"));

  await act(async () => void last().run({ interval: "yearly" }));
  expect(last()).toMatchObject({ pending: true, failure: null });
  await act(async () => calls[1]!.settle(success));
  expect(last()).toMatchObject({ pending: false, failure: null });
});

test("the same objects are given until something changes, and run never changes", async () => {
  const { updates, calls } = scripted();
  const { Component, seen, last } = hook();
  await render(createElement(Component, { updates, checkout: {} }));
  const first = last();
  await render(createElement(Component, { updates: scripted().updates, checkout: {}, name: "other" }));
  expect(new Set(seen)).toEqual(new Set([first]));
  await render(createElement(Component, { updates, checkout: {} }));
  await act(async () => void last().run({}));
  await act(async () => calls[0]!.settle(success));
  expect(new Set(seen.map(({ run }) => run)).size).toBe(1);
  expect(new Set(seen).size).toBe(3);
});

test("run uses what was last rendered, and hands the options on", async () => {
  const [before, after] = [scripted(), scripted()];
  const { Component, last } = hook();
  await render(createElement(Component, { updates: before.updates, checkout: { id: 1 }, name: "old" }));
  const { run } = last();
  const checkout = { id: 2 };
  await render(createElement(Component, { updates: after.updates, checkout, name: "new" }));
  const intent = { interval: "yearly" };
  const options = { signal: AbortSignal.abort() };
  await act(async () => void run(intent, options));
  expect(before.run).not.toHaveBeenCalled();
  expect(after.run).toHaveBeenCalledExactlyOnceWith(checkout, "new", intent, options);
  expect(after.run.mock.calls[0]![0]).toBe(checkout);
});

test("a child's effect runs with the checkout of its own render", async () => {
  const { updates, run } = scripted();
  function Child({ go }: { go: (intent: any) => unknown }) {
    useEffect(() => void go({}), [go]);
    return null;
  }
  function Parent({ checkout }: { checkout: object }) {
    const { run: go } = useUpdate(updates, checkout, "change");
    return createElement(Child, { go, key: String((checkout as { id: number }).id) });
  }
  await act(async () => root.render(createElement(Parent, { checkout: { id: 1 } })));
  await act(async () => root.render(createElement(Parent, { checkout: { id: 2 } })));
  expect(run.mock.calls.map(([checkout]) => checkout)).toEqual([{ id: 1 }, { id: 2 }]);
});

test("each hook shows its own updates only", async () => {
  const { updates, calls } = scripted();
  const [one, two] = [hook(), hook()];
  const both = createElement(
    "div",
    null,
    createElement(one.Component, { updates, checkout: {} }),
    createElement(two.Component, { updates, checkout: {} }),
  );
  await render(both);
  await act(async () => void one.last().run({}));
  expect([one.last().pending, two.last().pending]).toEqual([true, false]);
  await act(async () => calls[0]!.settle(failed("timeout")));
  expect([one.last().failure?.kind, two.last().failure]).toEqual(["timeout", null]);
});

test("several at once are pending until the last, and what a later one said stands", async () => {
  const { updates, calls } = scripted();
  const { Component, last } = hook();
  await render(createElement(Component, { updates, checkout: {} }));
  await act(async () => {
    void last().run({ quantity: 2 });
    void last().run({ quantity: 3 });
  });
  await act(async () => calls[1]!.settle(failed("invalid_intent")));
  expect(last()).toMatchObject({ pending: true, failure: { kind: "invalid_intent" } });
  await act(async () => calls[0]!.settle(success));
  expect(last()).toMatchObject({ pending: false, failure: { kind: "invalid_intent" } });
});

test("what was cancelled is no failure, and hides none", async () => {
  const { updates, calls } = scripted();
  const { Component, last } = hook();
  await render(createElement(Component, { updates, checkout: {} }));
  await act(async () => {
    void last().run({ quantity: 2 });
    void last().run({ quantity: 3 });
  });
  await act(async () => calls[0]!.settle(failed("refused")));
  await act(async () => calls[1]!.settle({ type: "cancelled", error: { kind: "cancelled" } }));
  expect(last()).toMatchObject({ pending: false, failure: { kind: "refused" } });
});

test("an undeclared name rejects, and leaves nothing pending", async () => {
  const { updates, calls } = scripted();
  const { Component, last } = hook();
  await render(createElement(Component, { updates, checkout: {} }));
  let run!: Promise<unknown>;
  await act(async () => {
    run = last().run({});
    run.catch(() => {});
  });
  await act(async () => calls[0]!.reject(new TypeError("no such endpoint is declared")));
  await expect(run).rejects.toThrow(TypeError);
  expect(last()).toMatchObject({ pending: false, failure: null });
});

test("unmounting sets no state, and the update goes on", async () => {
  const { updates, calls } = scripted();
  const { Component, seen, last } = hook();
  await render(createElement(Component, { updates, checkout: {} }));
  let outcome!: Promise<unknown>;
  await act(async () => void (outcome = last().run({})));
  await act(async () => root.unmount());
  const renders = seen.length;
  calls[0]!.settle(failed("refused"));
  expect(await outcome).toEqual(failed("refused"));
  await act(async () => {});
  expect(seen).toHaveLength(renders);
  root = createRoot(document.querySelector("main")!);
});

test("useUpdatesState follows the updates, and says nothing on a server", async () => {
  const listeners = new Set<() => void>();
  let snapshot: Snapshot = { pending: false, stale: false };
  const updates = {
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    getSnapshot: () => snapshot,
  };
  function Component() {
    const { pending, stale } = useUpdatesState(updates);
    return createElement("p", null, `${pending} ${stale}`);
  }
  const change = (next: Snapshot) =>
    act(async () => {
      snapshot = next;
      for (const listener of [...listeners]) listener();
    });
  await render(createElement(Component));
  await change({ pending: true, stale: true });
  expect(text()).toBe("true true");

  // What the server drew is what hydration starts from, also where an update has begun by then.
  const html = renderToString(createElement(Component));
  expect(html).toBe("<p>false false</p>");
  await act(async () => root.unmount());
  expect(listeners.size).toBe(0);
  const main = document.querySelector("main")!;
  main.innerHTML = html;
  await act(async () => void (root = hydrateRoot(main, createElement(Component))));
  expect(text()).toBe("true true");
});

test("a server can render useUpdate", () => {
  const { Component } = hook();
  expect(renderToString(createElement(Component, { updates: scripted().updates, checkout: null }))).toBe("<p>idle</p>");
});

/** A shop whose server holds each quantity back until the test lets it go. */
async function shop() {
  const stripe = createFakeStripe({
    session: {
      lineItems: [
        { id: "li_1", name: "Lamp", unitAmount: 1000, quantity: 1 },
        { id: "li_2", name: "Shade", unitAmount: 500, quantity: 1 },
      ],
    },
  });
  const held: (() => void)[] = [];
  const server = createFakeServer({
    "/quantity": async ({ line_item, quantity }) => {
      await new Promise<void>((resolve) => held.push(resolve));
      const change = (item: { id: string }) => (item.id === line_item ? { ...item, quantity } : item);
      stripe.fake.server({ lineItems: stripe.fake.session().lineItems.map(change) as never });
    },
  });
  const loaded = await stripe.initCheckoutElementsSdk({ clientSecret: "cs_test_1_secret_2" }).loadActions();
  const { actions } = loaded as Extract<typeof loaded, { type: "success" }>;
  const rules = { line_item: identifier("li_"), quantity: integer(0, 10) };
  const updates = createUpdates({
    endpoints: { setQuantity: endpoint("/quantity", rules, { latest: ["line_item"] }) },
  });
  function Row({ id }: { id: string }) {
    const match = { line_item: id };
    const { run, pending, wanted } = useUpdate(updates, actions, "setQuantity", { match });
    const item = actions.getSession().lineItems.find((other) => other.id === id)!;
    const quantity = wanted?.quantity ?? item.quantity;
    const more = () => void run({ line_item: id, quantity: quantity + 1 });
    return createElement("button", { id, onClick: more, "aria-busy": pending }, quantity);
  }
  const rows = (...ids: string[]) => render(ids.map((id) => createElement(Row, { id, key: id })));
  const release = () =>
    act(async () => void (await vi.waitFor(() => (expect(held).not.toEqual([]), held.shift()!()), PATIENT)));
  const end = () => (updates.dispose(), server.close());
  return { updates, actions, server, stripe, rows, release, end };
}

const row = (id: string) => document.getElementById(id)!;
const press = (id: string) => act(async () => row(id).click());
const shown = (id: string) => [row(id).textContent, row(id).getAttribute("aria-busy")];
const quantities = (requests: readonly { text: string }[]) => requests.map(({ text }) => JSON.parse(text).quantity);

test("four quick presses of + from 1 end at 5", async () => {
  const { rows, release, server, updates, stripe, end } = await shop();
  await rows("li_1");
  for (let times = 0; times < 4; times++) await press("li_1");
  expect(shown("li_1")).toEqual(["5", "true"]);
  await release();
  expect(shown("li_1")).toEqual(["5", "true"]);
  await release();
  await act(async () => void (await updates.settled()));
  expect(shown("li_1")).toEqual(["5", "false"]);
  expect(quantities(server.requests)).toEqual([2, 5]);
  expect(stripe.fake.session().lineItems.map(({ quantity }) => quantity)).toEqual([5, 1]);
  end();
});

test("a row that is mounted again is busy while its update runs, and another row is not", async () => {
  const { rows, release, updates, end } = await shop();
  await rows("li_1", "li_2");
  await press("li_1");
  await press("li_2");
  await press("li_2");
  await rows();
  await rows("li_1", "li_2");
  expect([shown("li_1"), shown("li_2")]).toEqual([
    ["2", "true"],
    ["3", "true"],
  ]);
  // The first is told of its end, though another update is still pending.
  await release();
  await act(async () =>
    vi.waitFor(() => expect(updates.isPending("setQuantity", { line_item: "li_1" })).toBe(false), PATIENT),
  );
  expect([shown("li_1"), shown("li_2")]).toEqual([
    ["2", "false"],
    ["3", "true"],
  ]);
  await release();
  await act(async () => void (await updates.settled()));
  expect(shown("li_2")).toEqual(["3", "false"]);
  end();
});

test("with match, a hook follows what was begun without one, and begins idle where a server drew it", async () => {
  const { updates, actions, release, end, stripe } = await shop();
  function Component() {
    const { pending, wanted } = useUpdate(updates, actions, "setQuantity", { match: {} });
    return createElement("p", null, `${pending} ${wanted?.quantity}`);
  }
  await render(createElement(Component));
  await act(async () => void updates.run(actions, "setQuantity", { line_item: "li_1", quantity: 7 }));
  expect(text()).toBe("true 7");
  const html = renderToString(createElement(Component));
  expect(html).toBe("<p>false undefined</p>");
  await act(async () => root.unmount());
  const main = document.querySelector("main")!;
  main.innerHTML = html;
  await act(async () => void (root = hydrateRoot(main, createElement(Component))));
  expect(text()).toBe("true 7");
  await release();
  await act(async () => void (await Promise.all([updates.settled(), stripe.fake.idle()])));
  expect(text()).toBe("false undefined");
  end();
});

test("without match, wanted is what this hook's newest update asked for", async () => {
  const { updates, calls } = scripted();
  const [one, two] = [hook(), hook()];
  const both = [one, two].map(({ Component }, key) => createElement(Component, { key, updates, checkout: {} }));
  await render(both);
  await act(async () => {
    void one.last().run({ quantity: 2 });
    void one.last().run({ quantity: 3 });
  });
  expect([one.last().wanted, two.last().wanted]).toEqual([{ quantity: 3 }, undefined]);
  await act(async () => calls[1]!.settle(failed("invalid_intent")));
  expect(one.last().wanted).toEqual({ quantity: 2 });
  await act(async () => calls[0]!.settle(success));
  expect(one.last().wanted).toBeUndefined();
});

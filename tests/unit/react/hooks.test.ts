// @vitest-environment jsdom
import { act, Activity, createElement, StrictMode, useEffect, type ReactNode } from "react";
import { createRoot, hydrateRoot, type Root } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { usePay, useUpdate, useUpdatesState } from "../../../js/react.js";
import { createUpdates } from "../../../js/index.js";
import { endpoint, identifier, integer } from "../../../js/rules.js";
import { createFakeServer, createFakeStripe } from "../../../js/testing/index.js";
import type { Outcome, PayOutcome, Snapshot } from "../../../js/types.js";

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
  return { calls, run, ...state({ run }) };
}

/** Updates that say of themselves what the test says. */
function state(more: object) {
  const listeners = new Set<() => void>();
  let snapshot: Snapshot = { pending: false, stale: false, paying: false };
  const updates: any = {
    ...more,
    isStale: () => snapshot.stale,
    getSnapshot: () => snapshot,
    subscribe: (listener: () => void) => {
      const own = () => listener();
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
  const change = (next: Partial<Snapshot>) =>
    act(async () => {
      snapshot = { ...snapshot, ...next };
      for (const listener of [...listeners]) listener();
    });
  return { updates, change, listeners };
}

type Hook = {
  pendingIntent: any;
  run: (intent: any, options?: any) => Promise<Outcome>;
  pending: boolean;
  failure: { kind: string } | null;
  dismiss: () => void;
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
const failed = (kind: string, applied = "no") => ({ type: "error", error: { kind, applied } });

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

test("a failure that leaves a doubt goes when the doubt has ended, and another one stays", async () => {
  const { updates, calls, change } = scripted();
  const { Component, last } = hook();
  await render(createElement(Component, { updates, checkout: {} }));
  for (const [kind, applied, left] of [
    ["server_error", "unknown", "idle"],
    ["refresh_failed", "yes", "idle"],
    ["refused", "no", "refused"],
  ] as const) {
    await act(async () => void last().run({}));
    await change({ stale: true });
    await act(async () => calls.pop()!.settle(failed(kind, applied)));
    expect(text()).toBe(kind);
    await change({ pending: true });
    await change({ pending: false });
    expect(text()).toBe(kind);
    await change({ stale: false });
    expect(text()).toBe(left);
  }
  // It does not come back with another doubt.
  await change({ stale: true });
  expect(text()).toBe("refused");
});

test("a change that was made, and is shown by the time it is told, is no failure", async () => {
  const { updates, calls } = scripted();
  const { Component, last } = hook();
  await render(createElement(Component, { updates, checkout: {} }));
  let outcome!: Promise<Outcome>;
  await act(async () => void (outcome = last().run({})));
  await act(async () => calls[0]!.settle(failed("refresh_failed", "yes")));
  expect(text()).toBe("idle");
  expect(await outcome).toEqual(failed("refresh_failed", "yes"));
});

test("a doubt that ended while the component was away is over", async () => {
  const { updates, calls, change } = scripted();
  const { Component, last } = hook();
  const shown = (there: boolean) =>
    render(
      createElement(Activity, {
        mode: there ? "visible" : "hidden",
        children: createElement(Component, { updates, checkout: {} }),
      }),
    );
  await shown(true);
  await act(async () => void last().run({}));
  await change({ stale: true });
  await act(async () => calls[0]!.settle(failed("timeout", "unknown")));
  expect(text()).toBe("timeout");
  await shown(false);
  await change({ stale: false });
  await shown(true);
  expect(text()).toBe("idle");
  // It may have begun while the component was away, too.
  await act(async () => void last().run({}));
  await shown(false);
  await change({ stale: true });
  await act(async () => calls[1]!.settle(failed("timeout", "unknown")));
  await change({ stale: false });
  await shown(true);
  expect(text()).toBe("idle");
});

test("dismiss takes the failure away, and is the same function in every render", async () => {
  const { updates, calls } = scripted();
  const { Component, seen, last } = hook();
  await render(createElement(Component, { updates, checkout: {} }));
  await act(async () => void last().run({}));
  await act(async () => calls[0]!.settle(failed("refused")));
  await act(async () => last().dismiss());
  expect(text()).toBe("idle");
  expect(new Set(seen.map(({ dismiss }) => dismiss)).size).toBe(1);
});

test("useUpdatesState follows the updates, and says nothing on a server", async () => {
  const { updates, change, listeners } = state({});
  function Component() {
    const { pending, stale, paying } = useUpdatesState(updates);
    return createElement("p", null, `${pending} ${stale} ${paying}`);
  }
  await render(createElement(Component));
  await change({ pending: true, stale: true, paying: true });
  expect(text()).toBe("true true true");

  // What the server drew is what hydration starts from, also where an update has begun by then.
  const html = renderToString(createElement(Component));
  expect(html).toBe("<p>false false false</p>");
  await act(async () => root.unmount());
  expect(listeners.size).toBe(0);
  const main = document.querySelector("main")!;
  main.innerHTML = html;
  await act(async () => void (root = hydrateRoot(main, createElement(Component))));
  expect(text()).toBe("true true true");
});

test("useUpdatesState resumes once it is given a checkout, and for each session once", async () => {
  const resume = vi.fn(async () => ({ stale: false }));
  const { updates } = state({ resume });
  function Component({ checkout }: { checkout: object | null }) {
    useUpdatesState(updates, checkout);
    return null;
  }
  const rendered = (checkout: object | null) => act(async () => root.render(createElement(Component, { checkout })));
  await rendered(null);
  expect(resume).not.toHaveBeenCalled();
  const first = { id: "cs_test_1" };
  await rendered(first);
  await rendered({ ...first });
  expect(resume.mock.calls).toEqual([[first]]);
  await rendered({ id: "cs_test_2" });
  expect(resume).toHaveBeenCalledTimes(2);
  renderToString(createElement(Component, { checkout: first }));
  expect(resume).toHaveBeenCalledTimes(2);
});

/** A payment whose end the test gives, and one hook for it. */
function payment() {
  const ends: { end: (outcome: PayOutcome) => void; fail: (error: unknown) => void }[] = [];
  const pay = vi.fn<(...given: unknown[]) => Promise<PayOutcome>>(
    () => new Promise((end, fail) => ends.push({ end, fail })),
  );
  const seen: any[] = [];
  const world = state({ pay });
  function Component({ checkout }: { checkout: object | null }) {
    const shown = usePay(world.updates, checkout);
    useEffect(() => void seen.push(shown));
    return createElement("p", null, `${shown.paying} ${shown.blocked?.reason}`);
  }
  const draw = (checkout: object | null) => render(createElement(Component, { checkout }));
  return { ...world, ends, pay, seen, draw, Component, last: () => seen[seen.length - 1]! };
}

const blocked = (reason: string) => ({ type: "blocked", reason, message: "Please wait." }) as PayOutcome;
const confirmed: PayOutcome = { type: "confirmed", result: 5 };

test("usePay shows a payment, then why it was not made, and nothing of it once the next runs", async () => {
  const { ends, pay, draw, last, seen } = payment();
  const checkout = { id: "cs_test_1" };
  await draw(checkout);
  expect(text()).toBe("false undefined");
  const confirm = vi.fn();
  const options = { signal: new AbortController().signal };
  let outcome!: Promise<PayOutcome>;
  await act(async () => void (outcome = last().pay(confirm, options)));
  expect(pay).toHaveBeenCalledExactlyOnceWith(checkout, confirm, options);
  expect(text()).toBe("true undefined");
  await act(async () => ends[0]!.end(blocked("changed")));
  expect(text()).toBe("false changed");
  expect(await outcome).toEqual(blocked("changed"));
  await act(async () => void last().pay(confirm));
  expect(text()).toBe("true undefined");
  await act(async () => ends[1]!.end(confirmed));
  expect(text()).toBe("false undefined");
  expect(new Set(seen.map((shown) => shown.pay)).size).toBe(1);
});

test("usePay calls confirm in the task of the press", async () => {
  const { pay, draw, last } = payment();
  await draw({});
  await act(async () => {
    void last().pay(() => {});
    expect(pay).toHaveBeenCalledOnce();
  });
});

test("usePay: a rejection leaves nothing under way and is the caller's", async () => {
  const { ends, draw, last } = payment();
  await draw({});
  let outcome!: Promise<unknown>;
  await act(async () => void (outcome = last().pay(() => {})).catch(() => {}));
  await act(async () => ends[0]!.fail(new Error("confirm")));
  await expect(outcome).rejects.toThrow("confirm");
  expect(text()).toBe("false undefined");
});

test("usePay: what stood in the way goes when it is over", async () => {
  const { ends, draw, last, change } = payment();
  await draw({});
  await change({ stale: true });
  await act(async () => void last().pay(() => {}));
  await act(async () => ends[0]!.end(blocked("stale")));
  expect(text()).toBe("false stale");
  await change({ stale: false });
  expect(text()).toBe("false undefined");
  // A second press while the first is under way.
  await act(async () => void last().pay(() => {}));
  await act(async () => void last().pay(() => {}));
  await act(async () => ends[2]!.end(blocked("paying")));
  expect(text()).toBe("true paying");
  await act(async () => ends[1]!.end(confirmed));
  expect(text()).toBe("false undefined");
  // A wallet of the page holds.
  await change({ paying: true });
  await act(async () => void last().pay(() => {}));
  await act(async () => ends[3]!.end(blocked("paying")));
  expect(text()).toBe("true paying");
  await change({ paying: false });
  expect(text()).toBe("false undefined");
});

test("usePay: what was cancelled is not shown, and hides nothing", async () => {
  const { ends, draw, last } = payment();
  await draw({});
  await act(async () => void last().pay(() => {}));
  await act(async () => ends[0]!.end(blocked("cancelled")));
  expect(text()).toBe("false undefined");
});

test("usePay without a checkout pays nothing, and pays once there is one", async () => {
  const { pay, draw, last } = payment();
  await draw(null);
  await act(async () => expect(await last().pay(() => {})).toMatchObject({ type: "blocked", reason: "stale" }));
  expect([pay.mock.calls.length, text()]).toEqual([0, "false undefined"]);
  const checkout = {};
  await draw(checkout);
  await act(async () => void last().pay(() => {}));
  expect(pay.mock.calls[0]![0]).toBe(checkout);
});

test("usePay: unmounting while paying sets no state and ends nothing, and a server pays nothing", async () => {
  const { ends, draw, last, seen, change, listeners, Component } = payment();
  await change({ paying: true });
  expect(renderToString(createElement(Component, { checkout: null }))).toBe("<p>false undefined</p>");
  await draw({});
  let outcome!: Promise<PayOutcome>;
  await act(async () => void (outcome = last().pay(() => {})));
  await act(async () => root.unmount());
  const renders = seen.length;
  expect(listeners.size).toBe(0);
  ends[0]!.end(confirmed);
  expect(await outcome).toEqual(confirmed);
  expect(seen).toHaveLength(renders);
  root = createRoot(document.querySelector("main")!);
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
    const { run, pending, pendingIntent } = useUpdate(updates, actions, "setQuantity", { match });
    const item = actions.getSession().lineItems.find((other) => other.id === id)!;
    const quantity = pendingIntent?.quantity ?? item.quantity;
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
    const { pending, pendingIntent } = useUpdate(updates, actions, "setQuantity", { match: {} });
    return createElement("p", null, `${pending} ${pendingIntent?.quantity}`);
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

test("without match, pendingIntent is what this hook's newest update asked for", async () => {
  const { updates, calls } = scripted();
  const [one, two] = [hook(), hook()];
  const both = [one, two].map(({ Component }, key) => createElement(Component, { key, updates, checkout: {} }));
  await render(both);
  await act(async () => {
    void one.last().run({ quantity: 2 });
    void one.last().run({ quantity: 3 });
  });
  expect([one.last().pendingIntent, two.last().pendingIntent]).toEqual([{ quantity: 3 }, undefined]);
  await act(async () => calls[1]!.settle(failed("invalid_intent")));
  expect(one.last().pendingIntent).toEqual({ quantity: 2 });
  await act(async () => calls[0]!.settle(success));
  expect(one.last().pendingIntent).toBeUndefined();
});

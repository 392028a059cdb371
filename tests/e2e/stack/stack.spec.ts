import { fileURLToPath } from "node:url";
import { expect, test, type Page } from "@playwright/test";
import { startGate, type Recorded } from "../support/gate.ts";
import { startServer, type DemoServer } from "../support/server.ts";

const PAGE = fileURLToPath(new URL("page", import.meta.url));
/** A round is one update of each of the page's five matters, asked for at once. */
const ROUND = 5;

/** How often the rounds below are made: `STACK_TIMES=5` for 1,000 updates. */
const TIMES = Number(process.env["STACK_TIMES"] ?? 1);
const COUNT = 200 * TIMES;

/** What the sandbox does to updates. Together 40 rounds, so 200 updates. */
const PHASES = [
  { what: "no trouble", action: null, every: 0, rounds: 2 },
  { what: "answers dropped after the update was made", action: "drop", every: 3, rounds: 16 },
  { what: "failures, kept under the key", action: "500", every: 6, rounds: 8 },
  { what: "too many requests, nothing kept", action: "429", every: 7, rounds: 6 },
  { what: "late, and then dropped", action: "delay=800,drop", every: 8, rounds: 8 },
];

test(`${COUNT} updates while answers are lost: nothing twice, nothing lost, and the page ends up right`, async ({
  page,
}) => {
  test.setTimeout(240_000 * TIMES);
  const server = await startServer({ stock: 10, www: PAGE, misbehave: true });
  const gate = await startGate(server.port);
  try {
    await page.goto(gate.url);
    await page.waitForFunction(() => "stack" in window);
    const id = await page.evaluate(() => stack.id);
    const sandbox = misbehaviour(server);
    const outcomes: Outcome[] = [];

    for (const { what, action, every, rounds: once } of PHASES) {
      const rounds = once * TIMES;
      await test.step(what, async () => {
        const count = rounds * ROUND;
        if (action) await sandbox.plan(action, every);
        const phase: Outcome[] = [];
        for (let round = 0; round < rounds; round += 1) {
          phase.push(...(await page.evaluate(() => stack.round())));
          expectOnce(await server.items(id));
        }
        outcomes.push(...phase);
        if (!action) return;
        // What was made again under a known key was answered from what is kept, and is not counted.
        const { seen, done } = await sandbox.clear();
        expect(done, "times that it went wrong").toBeGreaterThanOrEqual(Math.floor(count / every));
        expect(seen, "requests that reached the session").toBe(action === "429" ? count + done : count);
        const failed = phase.filter(({ type }) => type === "error");
        expect(failed).toHaveLength(action === "500" ? done : 0);
      });
    }

    for (const outcome of outcomes) expectHonest(outcome);
    expect(outcomes).toHaveLength(COUNT);
    expectKeys(PATHS.flatMap((path) => gate.recorded(path)));

    const { session, server: fresh, values } = await page.evaluate(() => stack.healed());
    expect(session, "what the page shows").toEqual(fresh);
    expect(Object.fromEntries(values)).toEqual(await fold(outcomes, server, id));
    await expectSame(session, server, id);
    await expectCounts(page, outcomes);
  } finally {
    await gate.close();
    await server.stop();
  }
});

const PATHS = [
  "/change-subscription-interval",
  "/update-custom-amount",
  "/add-cross-sell",
  "/remove-cross-sell",
  "/update-line-item-quantity",
];

type Value = string | number | boolean;

interface Outcome {
  about: string;
  before: Value;
  wanted: Value;
  type: "success" | "error" | "cancelled";
  kind: string | null;
  applied: string | null;
  shown: Value | undefined;
  stale: boolean;
}

interface Session {
  total: { total: { minorUnitsAmount: number } };
  lineItems: { name: string; quantity: number }[];
}

declare const stack: {
  id: string;
  round(): Promise<Outcome[]>;
  healed(): Promise<{ session: Session; server: Session; values: [string, Value][] }>;
  metrics(): Record<string, { updates: number; successes: number; retries: number }>;
};

function expectOnce(items: [string, number][]) {
  const names = items.map(([name]) => name);
  expect(names).toEqual([...new Set(names)]);
}

/** A success shows what was asked for; where that is not known, the page says so and looks again. */
function expectHonest({ about, wanted, type, kind, applied, shown, stale }: Outcome) {
  if (type === "success") expect(shown, about).toBe(wanted);
  else expect({ kind, applied, stale }, about).toEqual({ kind: "server_error", applied: "unknown", stale: true });
}

/** One key for each update, the same on each of its attempts and with the same words. */
function expectKeys(requests: Recorded[]) {
  const byKey = new Map<unknown, Recorded[]>();
  for (const request of requests) {
    const key = request.headers["idempotency-key"];
    byKey.set(key, [...(byKey.get(key) ?? []), request]);
  }
  expect(byKey.has(undefined)).toBe(false);
  expect(byKey.size).toBe(COUNT);
  for (const attempts of byKey.values()) {
    expect(new Set(attempts.map(({ path, body }) => path + body)).size).toBe(1);
    expect(attempts.length).toBeLessThanOrEqual(6);
  }
  const repeated = [...byKey.values()].filter((attempts) => attempts.length > 1);
  expect(repeated.length, "updates that took more than one attempt").toBeGreaterThan(30);
}

/** What the session must have if each success was made, each refusal was not, and nothing else happened. */
async function fold(outcomes: Outcome[], server: DemoServer, id: string): Promise<Record<string, Value>> {
  const items = new Map(await server.items(id));
  const actual: Record<string, Value> = {
    interval: (await server.interval(id)) ?? "",
    "Gift wrap": items.has("Gift wrap"),
    "Extended warranty": items.has("Extended warranty"),
    Notebook: items.has("Notebook"),
    "Desk lamp": items.get("Desk lamp") ?? 0,
  };
  const possible = new Map<string, Set<Value>>();
  for (const { about, before, wanted, type, applied } of outcomes) {
    if (type === "success") possible.set(about, new Set([wanted]));
    else if (applied === "unknown") (possible.get(about) ?? new Set([before])).add(wanted);
  }
  for (const [about, values] of possible) expect([...values], about).toContain(actual[about]);
  return actual;
}

/** The page and the merchant's API agree on the items and on what they cost. */
async function expectSame(session: Session, server: DemoServer, id: string) {
  expect(session.lineItems.map(({ name, quantity }) => [name, quantity])).toEqual(await server.items(id));
  expect(session.total.total.minorUnitsAmount).toBe((await server.session(id)).amount_total);
}

async function expectCounts(page: Page, outcomes: Outcome[]) {
  const metrics = Object.values(await page.evaluate(() => stack.metrics()));
  const sum = (pick: (one: (typeof metrics)[number]) => number) => metrics.reduce((total, one) => total + pick(one), 0);
  expect(sum(({ updates }) => updates)).toBe(COUNT);
  expect(sum(({ successes }) => successes)).toBe(outcomes.filter(({ type }) => type === "success").length);
  expect(sum(({ retries }) => retries)).toBeGreaterThan(30);
}

/** Plans what the sandbox does wrong, and tells how often it did. */
function misbehaviour({ sandbox }: DemoServer) {
  const ask = async (method: string, body?: URLSearchParams) => {
    const headers = { authorization: "Bearer sk_test_e2e" };
    const response = await fetch(new URL("/sandbox/misbehave", sandbox), { method, headers, body });
    expect(response.status).toBe(200);
    return (await response.json()) as { seen: number; done: number };
  };
  return {
    plan: (action: string, every: number) => ask("POST", new URLSearchParams({ action, every: String(every) })),
    clear: () => ask("DELETE"),
  };
}

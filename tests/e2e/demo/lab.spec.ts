import { expect, expectComplaint, statusLine } from "./fixtures.ts";
import { test } from "./lab.ts";

test.describe.configure({ timeout: 180_000 });

const FAILED = "This change could not be made.";
const DONE = "Your order was updated.";
const UNKNOWN = "We could not tell whether your change was made.";
const CHECKING = "locked: the order is being checked";
const SOLD_OUT = "This plan is sold out at the moment.";
const BROKEN_LINE = /ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/;

const READS = "The customer reads";
const CONTROL = "The control shows";
const TOTAL = "The page's total";
const PAY = "Pay is";

interface Expected {
  fault: string;
  /** Whether the server has made the change. */
  made: boolean;
  /** What the customer reads, with the package and by hand. */
  mine: string | RegExp;
  /** Where the column by hand differs from the server. */
  differs: string[];
  /** The same where the snippet checks `type`, which is not always undefined. */
  differsByType: string[];
  /** Requests that arrived: with the package, by hand. */
  arrived?: [number, number];
  /** What Chromium writes into its console. */
  complaint?: RegExp;
  /** Whether the package's page locks Pay until it knows. */
  inDoubt?: boolean;
  /** Whether it takes as long as Stripe.js or the package waits. */
  untilLimit?: boolean;
}

const EXPECTED: Expected[] = [
  { fault: "Nothing", made: true, mine: DONE, differs: [READS, CONTROL], differsByType: [] },
  {
    fault: "Silent server",
    made: true,
    mine: `${UNKNOWN} It took too long.`,
    differs: [READS, CONTROL, TOTAL, PAY],
    differsByType: [READS, CONTROL, TOTAL, PAY],
    inDoubt: true,
    untilLimit: true,
  },
  { fault: "Slow answer", made: true, mine: DONE, differs: [READS, CONTROL], differsByType: [] },
  {
    fault: "Dripping body",
    made: true,
    mine: `${UNKNOWN} It took too long.`,
    differs: [READS, CONTROL],
    differsByType: [],
    inDoubt: true,
    untilLimit: true,
  },
  {
    fault: "400 with a message",
    made: false,
    mine: SOLD_OUT,
    differs: [],
    differsByType: [READS, CONTROL],
    complaint: statusLine(400),
  },
  { fault: "200 that says error", made: false, mine: SOLD_OUT, differs: [], differsByType: [READS, CONTROL] },
  {
    fault: "429 with Retry-After",
    made: false,
    mine: "We couldn't process your request. Please try again later.",
    differs: [],
    differsByType: [READS, CONTROL],
    complaint: statusLine(429),
  },
  {
    fault: "500 that was applied",
    made: true,
    mine: UNKNOWN,
    differs: [READS, CONTROL],
    differsByType: [],
    complaint: statusLine(500),
    inDoubt: true,
  },
  {
    fault: "500 that was not",
    made: false,
    mine: UNKNOWN,
    differs: [],
    differsByType: [READS, CONTROL],
    complaint: statusLine(500),
    inDoubt: true,
  },
  {
    fault: "Connection reset",
    made: true,
    mine: DONE,
    differs: [READS, CONTROL],
    differsByType: [],
    arrived: [2, 2],
  },
  { fault: "Log-in page", made: false, mine: UNKNOWN, differs: [], differsByType: [READS, CONTROL], inDoubt: true },
  {
    fault: "Closed session",
    made: false,
    mine: "This checkout is no longer open. Please start again.",
    differs: [],
    differsByType: [READS, CONTROL],
    complaint: statusLine(400),
  },
  {
    fault: "Refresh fails",
    made: true,
    mine: "Your change was made. Please reload the page.",
    differs: [READS, CONTROL, TOTAL, PAY],
    differsByType: [READS, CONTROL, TOTAL, PAY],
    complaint: statusLine(502),
  },
  { fault: "Double click", made: true, mine: DONE, differs: [READS, CONTROL], differsByType: [], arrived: [1, 2] },
];

for (const expected of EXPECTED) {
  const { fault, made, mine, arrived = [1, 1], complaint } = expected;
  test(`${fault}: what each column says, and what the server has`, async ({ complaints, lab, server }) => {
    await lab.open();
    if (expected.untilLimit) await lab.page.getByLabel("Stripe.js’ limit").selectOption("5 s");
    await lab.choose(fault);
    const ids = await lab.start();
    await expect(lab.mine.fact(READS)).toHaveText(mine, { timeout: 60_000 });
    await lab.ended();
    expect((await lab.saidOfPay()).includes(CHECKING)).toBe(expected.inDoubt ?? false);

    const now = made ? "Yearly" : "Monthly";
    for (const id of ids) expect(await server.interval(id)).toBe(made ? "year" : "month");
    await expect(lab.mine.fact("The server has")).toHaveText(new RegExp(`^${now}, \\$${made ? "120" : "12"}\\.00`));
    await expect(lab.mine.fact(CONTROL)).toHaveText(now);
    expect(await lab.mine.differing()).toEqual([]);
    await expect(lab.byHand.fact(READS)).toHaveText(FAILED);
    expect(await lab.byHand.differing()).toEqual(expected.differs);
    if (fault === "Closed session") {
      expect((await server.session(ids[0])).status).toBe("expired");
      await expect(lab.mine.fact(PAY)).toHaveText("locked: the checkout is closed");
    } else {
      await expect(lab.mine.fact(PAY)).toHaveText("open");
      await expect(lab.byHand.fact(PAY)).toHaveText("open");
    }
    await expect(lab.mine.fact("Requests that arrived")).toHaveText(String(arrived[0]));
    await expect(lab.byHand.fact("Requests that arrived")).toHaveText(String(arrived[1]));
    await expect(lab.mine.fact("It took")).toHaveText(/^\d+ ms$|^\d+\.\d s$/);

    await lab.page.getByLabel("Checked by hand").selectOption("response.type");
    await lab.start();
    await lab.ended();
    expect(await lab.byHand.differing()).toEqual(expected.differsByType);
    // Each of the two columns, twice.
    for (let line = 0; complaint && line < 4; line += 1) await expectComplaint(complaints, complaint);
    await expect(lab.problem).toBeEmpty();
  });
}

test("Offline: the page does not know, locks Pay, and finds out", async ({ complaints, lab, server }) => {
  await lab.open();
  await lab.choose("Offline");
  const [mine, byHand] = await lab.start();
  await expect(lab.mine.fact(READS)).toHaveText(`${UNKNOWN} Please check your connection.`);
  await expect(lab.byHand.fact(READS)).toHaveText(FAILED);
  await expect(lab.byHand.fact(PAY)).toHaveText("open");
  await lab.ended();
  expect(await lab.saidOfPay()).toContain(CHECKING);
  expect(await lab.mine.differing()).toEqual([]);
  for (const id of [mine, byHand]) expect(await server.interval(id)).toBe("month");
  await expect.poll(() => complaints.filter((line) => BROKEN_LINE.test(line)).length).toBeGreaterThanOrEqual(3);
  expect(complaints.splice(0).every((line) => BROKEN_LINE.test(line))).toBe(true);
});

test("the browser's own offline: an answer that came and a session that cannot be fetched", async ({
  complaints,
  context,
  lab,
}) => {
  await lab.open();
  await lab.choose("Slow answer");
  const sent = lab.sent("/change-subscription-interval");
  await lab.start();
  await sent;
  // It keeps a request that is under way, and refuses every new one.
  await context.setOffline(true);
  await expect(lab.mine.fact(READS)).toHaveText("Your change was made. Please reload the page.");
  await expect(lab.mine.fact(PAY)).toHaveText(CHECKING);
  await expect(lab.byHand.fact(READS)).toHaveText(FAILED);
  await context.setOffline(false);
  await lab.ended();
  expect(await lab.mine.differing()).toEqual([]);
  expect(await lab.byHand.differing()).toEqual([READS, CONTROL, TOTAL, PAY]);
  expect(complaints.splice(0).every((line) => /ERR_INTERNET_DISCONNECTED/.test(line))).toBe(true);
});

test("“+” four times: two requests and five notebooks, by hand four and two", async ({ lab, server }) => {
  await lab.open();
  await lab.choose("“+” four times");
  await expect(lab.press).toHaveText("Press “+” four times");
  const [mine, byHand] = await lab.start();
  await lab.ended();
  expect((await server.items(mine)).at(-1)).toEqual(["Notebook", 5]);
  expect((await server.items(byHand)).at(-1)).toEqual(["Notebook", 2]);
  await expect(lab.mine.fact("The server has")).toHaveText(/^5, /);
  await expect(lab.mine.fact("Requests that arrived")).toHaveText("2");
  expect(await lab.mine.differing()).toEqual([]);
  await expect(lab.byHand.fact("The customer wanted")).toHaveText("5");
  await expect(lab.byHand.fact("The server has")).toHaveText(/^2, /);
  await expect(lab.byHand.fact("Requests that arrived")).toHaveText("4");
  expect(await lab.byHand.differing()).toEqual([READS]);
});

test("No WebAssembly: the page works under the stricter policy", async ({ complaints, lab, page, server }) => {
  await lab.open();
  await lab.choose("No WebAssembly");
  const served = page.waitForResponse((response) => response.url().endsWith("?without=wasm"));
  const ids = await lab.start();
  expect((await served).headers()["content-security-policy"]).toBe("default-src 'self'; script-src 'self'");
  await lab.ended();
  await expect(lab.mine.fact(READS)).toHaveText(DONE);
  for (const id of ids) expect(await server.interval(id)).toBe("year");
  expect(await lab.mine.differing()).toEqual([]);
  expect(await lab.byHand.differing()).toEqual([READS, CONTROL]);
  await expectComplaint(complaints, /^CSP: script-src forbids wasm-eval/);

  await lab.choose("The module traps");
  await lab.press.click();
  await expect(lab.problem).toHaveText(/runs without WebAssembly/);
});

test("The module traps: its code is cut off in a step, and a fresh module finds out", async ({ lab, server }) => {
  await lab.open();
  await lab.choose("The module traps");
  const ids = await lab.start();
  await expect(lab.mine.fact(READS)).toHaveText(`${UNKNOWN} Please reload the page.`);
  await lab.ended();
  expect(await lab.saidOfPay()).toContain(CHECKING);
  for (const id of ids) expect(await server.interval(id)).toBe("year");
  expect(await lab.mine.differing()).toEqual([]);
  await lab.run("Nothing");
  await expect(lab.mine.fact(READS)).toHaveText(DONE);
  await expect(lab.page.locator("#durations .kinds")).toHaveText(/internal 1.*success 1|success 1.*internal 1/);
});

test("a page that the browser did not keep says that nothing can be compared", async ({ lab, page }) => {
  // Playwright's Chromium has no back/forward cache; where there is one, another test looks.
  await lab.open();
  await lab.choose("Leaving, coming back");
  await lab.press.click();
  await page.waitForURL(/away/);
  await page.waitForURL(/\/lab\/$/);
  await expect(lab.problem).toHaveText(/did not keep the page/);
});

test("shows the session's id and the intent as all that a body has", async ({ lab, page }) => {
  await lab.open();
  const [mine, byHand] = await lab.run("Nothing");
  const sent = page.locator(".sent");
  await expect(sent).toHaveCount(2);
  const bodies = await sent.locator("pre").allTextContents();
  expect(bodies.map((body) => JSON.parse(body) as unknown)).toEqual(
    expect.arrayContaining([mine, byHand].map((id) => ({ checkout_session_id: id, interval: "yearly" }))),
  );
  const own = sent.filter({ hasText: "With the package" });
  await own.getByText("Headers").click();
  await expect(own.getByRole("row", { name: /^idempotency-key [0-9a-f-]{36}$/ })).toBeVisible();
  await expect(own.getByRole("row", { name: "cookie visitor=…" })).toBeVisible();
  await expect(sent.filter({ hasText: "By hand" })).not.toContainText("idempotency-key");
});

test("draws where the time went and how long it took, from what was measured", async ({ lab, page }) => {
  await lab.open();
  await lab.run("Nothing");
  await lab.run("“+” four times");
  await page.getByLabel("Stripe.js’ limit").selectOption("5 s");
  await lab.run("Silent server");
  const timeline = page.locator("#timeline");
  const chart = timeline.getByRole("img");
  await expect(chart).toHaveAccessibleName(/^changeInterval: timeout, applied: unknown, after \d+\.\d s\./);
  await expect(chart).toContainText("Stripe.js’ 5 s");
  await timeline.getByText("As a table").click();
  const rows = await timeline.getByRole("row").allTextContents();
  for (const part of ["waiting for a turn", "request 1", "reading the answer", "Stripe.js fetches", "in doubt"]) {
    expect(rows.some((row) => row.includes(part))).toBe(true);
  }
  const [, from, until] = /request 1(\d+) ms(\d+) ms/.exec(rows.find((row) => /timeout.*request 1/.test(row))!)!;
  expect(Number(until) - Number(from)).toBeGreaterThan(3_400);
  expect(await chart.locator("rect.part").count()).toBe(rows.length - 1);

  const durations = page.locator("#durations");
  await expect(durations).toContainText(/4 updates\. p50 \d.*, p95 \d+\.\d s\./);
  await expect(durations).toContainText("By outcome: success 3, cancelled 2, timeout 1.");
  expect(
    await durations
      .locator(".count")
      .allTextContents()
      .then((counts) => counts.reduce((sum, n) => sum + Number(n), 0)),
  ).toBe(4);
});

test("holds the report that the server received against the page's own count", async ({ lab, page, server }) => {
  await lab.open();
  await lab.run("Nothing");
  await page.getByRole("link", { name: "Leave the page" }).click();
  await page.waitForURL(/\/lab\/$/);
  const merchant = page.locator("#merchant");
  await expect(merchant.getByRole("row", { name: "changeInterval: updates 1 1" })).toBeVisible();
  await expect(merchant.getByRole("row", { name: "changeInterval: successes 1 1" })).toBeVisible();
  await expect(merchant.locator("pre")).toContainText('"failures":{}');
  const metrics = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  const count = /checkout_updates_total\{endpoint="changeInterval",outcome="success"\} (\d+)/.exec(metrics)![1];
  await expect(merchant.getByRole("row", { name: `changeInterval success ${count}` })).toBeVisible();
});

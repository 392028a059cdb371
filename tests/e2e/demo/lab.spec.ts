import { expect, expectComplaint, statusLine } from "./fixtures.ts";
import { NO_MESSAGE, ROW, test, type LabPage } from "./lab.ts";

test.describe.configure({ timeout: 180_000 });

const FAILED = "This change could not be made.";
const DONE = "Your order was updated.";
const UNKNOWN = "Your change may not have been saved. Please check your order total before you pay.";
const LOCKED = "locked: the order is being checked";
/** As `seen` gives it. */
const CHECKING = `Pay is: ${LOCKED} [agrees]`;
const SOLD_OUT = "This plan is sold out at the moment.";
const BROKEN_LINE = /ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/;
const { reads: READS, control: CONTROL, total: TOTAL, pay: PAY } = ROW;

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
}

const EXPECTED: Expected[] = [
  { fault: "Nothing goes wrong", made: true, mine: DONE, differs: [READS, CONTROL], differsByType: [] },
  {
    fault: "The answer never comes",
    made: true,
    mine: UNKNOWN,
    differs: [READS, CONTROL, TOTAL, PAY],
    differsByType: [READS, CONTROL, TOTAL, PAY],
    inDoubt: true,
  },
  { fault: "The answer takes 3 s", made: true, mine: DONE, differs: [READS, CONTROL], differsByType: [] },
  {
    fault: "The answer never ends",
    made: true,
    mine: UNKNOWN,
    differs: [READS, CONTROL],
    differsByType: [],
    inDoubt: true,
  },
  {
    fault: "Refused, with a reason",
    made: false,
    mine: SOLD_OUT,
    differs: [],
    differsByType: [READS, CONTROL],
    complaint: statusLine(400),
  },
  { fault: "Refused, but with status 200", made: false, mine: SOLD_OUT, differs: [], differsByType: [READS, CONTROL] },
  {
    fault: "Too many requests",
    made: false,
    mine: "We couldn't process your request. Please try again later.",
    differs: [],
    differsByType: [READS, CONTROL],
    complaint: statusLine(429),
  },
  {
    fault: "Error 500, change made",
    made: true,
    mine: UNKNOWN,
    differs: [READS, CONTROL],
    differsByType: [],
    complaint: statusLine(500),
    inDoubt: true,
  },
  {
    fault: "Error 500, nothing changed",
    made: false,
    mine: UNKNOWN,
    differs: [],
    differsByType: [READS, CONTROL],
    complaint: statusLine(500),
    inDoubt: true,
  },
  {
    fault: "The connection breaks",
    made: true,
    mine: DONE,
    differs: [READS, CONTROL],
    differsByType: [],
    arrived: [2, 2],
  },
  {
    fault: "A Wi-Fi log-in page answers",
    made: false,
    mine: UNKNOWN,
    differs: [],
    differsByType: [READS, CONTROL],
    inDoubt: true,
  },
  {
    fault: "The checkout has expired",
    made: false,
    mine: "This checkout is no longer open. Please start again.",
    differs: [],
    differsByType: [READS, CONTROL],
    complaint: statusLine(400),
  },
  {
    fault: "Stripe.js cannot fetch the order",
    made: true,
    mine: "Your change was made. Please reload the page.",
    differs: [READS, CONTROL, TOTAL, PAY],
    differsByType: [READS, CONTROL, TOTAL, PAY],
    complaint: statusLine(502),
  },
  { fault: "Double click", made: true, mine: DONE, differs: [READS, CONTROL], differsByType: [], arrived: [1, 2] },
];

for (const expected of EXPECTED) {
  const { fault, made, mine, arrived = [1, 1], complaint, inDoubt = false } = expected;
  test(`${fault}: what each column says, and what the server has`, async ({ complaints, lab, server }) => {
    await lab.open();
    await lab.check("response.ok");
    await lab.choose(fault);
    const ids = await lab.start();
    await expect(lab.mine.fact(READS)).toHaveText(mine, { timeout: 60_000 });
    await lab.ended();
    expect((await lab.seen()).includes(CHECKING)).toBe(inDoubt);
    await expectNoGreenDoubt(lab);

    const now = made ? "Yearly" : "Monthly";
    for (const id of ids) expect(await server.interval(id)).toBe(made ? "year" : "month");
    const total = `$${made ? "120" : "12"}.00`;
    await expect(lab.mine.fact(ROW.server)).toHaveText(new RegExp(`^${now}, \\${total}`));
    await expect(lab.mine.fact(CONTROL)).toHaveText(now);
    expect(await lab.mine.rows()).toEqual([]);
    await expect(lab.mine.verdict).toHaveAttribute("data-verdict", "agrees");
    await expect(lab.mine.verdict).toContainText(total);
    if (inDoubt) {
      await expect(lab.mine.fact(READS)).toHaveText(NO_MESSAGE);
      await expect(lab.mine.fact(ROW.first)).toHaveText(
        /^Your change may not have been saved\. .*\(for \d+(\.\d)? m?s\)$/,
      );
      await expect(lab.mine.verdict).toContainText("in doubt for");
    } else {
      await expect(lab.mine.cell(ROW.first)).toBeHidden();
    }
    await expect(lab.byHand.fact(READS)).toHaveText(FAILED);
    expect(await lab.byHand.rows()).toEqual(expected.differs);
    if (fault === "The checkout has expired") {
      expect((await server.session(ids[0])).status).toBe("expired");
      await expect(lab.mine.fact(PAY)).toHaveText("locked: the checkout is closed");
    } else {
      await expect(lab.mine.fact(PAY)).toHaveText("open");
      await expect(lab.byHand.fact(PAY)).toHaveText("open");
    }
    await expect(lab.mine.fact(ROW.requests)).toHaveText(String(arrived[0]));
    await expect(lab.byHand.fact(ROW.requests)).toHaveText(String(arrived[1]));
    await expect(lab.mine.fact(ROW.answered)).toHaveText(/^\d+ ms$|^\d+\.\d s$/);

    await lab.check("response.type");
    await lab.start();
    await lab.ended();
    expect(await lab.byHand.rows()).toEqual(expected.differsByType);
    const isTrue = expected.differsByType.length === 0;
    await expect(lab.byHand.verdict).toHaveAttribute("data-verdict", isTrue ? "agrees" : "differs");
    // Each of the two columns, twice.
    for (let line = 0; complaint && line < 4; line += 1) await expectComplaint(complaints, complaint);
    await expect(lab.problem).toBeEmpty();
  });
}

/** A sentence of doubt is never green, whatever else is right. */
async function expectNoGreenDoubt(lab: LabPage): Promise<void> {
  const doubts = (await lab.seen()).filter((line) => line.startsWith(`${READS}: ${UNKNOWN}`));
  expect(doubts.filter((line) => line.includes("[agrees]"))).toEqual([]);
}

test("opens with a result, and what it says is about money", async ({ lab, page }) => {
  await lab.open();
  await expect(page.getByRole("heading", { level: 2 }).first()).toHaveText("Stripe.js cannot fetch the order");
  await expect(lab.byHand.verdict).toHaveText("✕ By hand: the customer pays $120.00 and the page says $12.00.");
  await expect(lab.mine.verdict).toHaveText(
    "✓ With checkout-updates: everything the customer reads is true, and the total is $120.00.",
  );
  await expect(lab.press).toHaveText("Run both");
  // One definition of how long it took: what the table says, the drawings say too, but for the rounding.
  const took = parseInt(await lab.mine.fact(ROW.answered).innerText(), 10);
  const drawn = (await page.locator("#timeline svg[role=img]").getAttribute("aria-label"))!;
  expect(Math.abs(parseInt(/after (\d+)/.exec(drawn)![1]!, 10) - took)).toBeLessThan(3);
  await expect(page.locator("#durations")).toContainText(/1 update\. p50/);
  for (const heading of ["What left the page", "Where the time went", "How long updates took"]) {
    await expect(page.getByRole("heading", { name: heading })).toBeVisible();
  }
});

test("shows nothing that has no data yet", async ({ lab, page }) => {
  await page.route("**/create-checkout-session", () => {});
  await page.goto("/lab/");
  await expect(lab.form).toHaveAttribute("aria-busy", "true");
  await expect(page.getByRole("heading")).toHaveText(["What happens when an update goes wrong"]);
  await expect(page.getByRole("table")).toHaveCount(0);
});

test("offers the faults in four groups", async ({ lab, page }) => {
  await lab.open();
  const groups = page.getByLabel("What goes wrong").locator("optgroup");
  expect(await groups.evaluateAll((all) => all.map((one) => (one as HTMLOptGroupElement).label))).toEqual([
    "The server's answer",
    "The connection",
    "The customer",
    "The page",
  ]);
  for (const group of await groups.all()) expect(await group.locator("option").count()).toBeGreaterThan(2);
});

test("scrolls to the results after a press, also on a phone", async ({ lab, page }) => {
  await page.setViewportSize({ width: 390, height: 500 });
  await lab.open();
  await expect(page.locator("#results")).not.toBeInViewport({ ratio: 0.5 });
  await lab.run("Nothing goes wrong");
  await expect(page.locator("#verdict")).toBeInViewport({ ratio: 1 });
});

test("Offline: the page does not know, locks Pay, and finds out", async ({ complaints, lab, server }) => {
  await lab.open();
  await lab.choose("Offline for 3 s");
  const [mine, byHand] = await lab.start();
  await expect(lab.mine.fact(READS)).toHaveText(UNKNOWN);
  await expect(lab.byHand.fact(READS)).toHaveText(FAILED);
  await expect(lab.byHand.fact(PAY)).toHaveText("open");
  await lab.ended();
  expect(await lab.seen()).toContain(CHECKING);
  expect(await lab.mine.rows()).toEqual([]);
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
  await lab.choose("The answer takes 3 s");
  const sent = lab.sent("/change-subscription-interval");
  await lab.start();
  await sent;
  // It keeps a request that is under way, and refuses every new one.
  await context.setOffline(true);
  await expect(lab.mine.fact(READS)).toHaveText("Your change was made. Please reload the page.");
  await expect(lab.mine.fact(PAY)).toHaveText(LOCKED);
  await expect(lab.byHand.fact(READS)).toHaveText(FAILED);
  await context.setOffline(false);
  await lab.ended();
  expect(await lab.mine.rows()).toEqual([]);
  expect(await lab.byHand.rows()).toEqual([READS, CONTROL, TOTAL, PAY]);
  expect(complaints.splice(0).every((line) => /ERR_INTERNET_DISCONNECTED/.test(line))).toBe(true);
});

test("“+” four times: two requests and five notebooks, by hand four and two", async ({ lab, server }) => {
  await lab.open();
  await lab.choose("“+” four times");
  const [mine, byHand] = await lab.start();
  await lab.ended();
  expect((await server.items(mine)).at(-1)).toEqual(["Notebook", 5]);
  expect((await server.items(byHand)).at(-1)).toEqual(["Notebook", 2]);
  await expect(lab.mine.fact(ROW.server)).toHaveText(/^5, /);
  await expect(lab.mine.fact(ROW.requests)).toHaveText("2");
  expect(await lab.mine.rows()).toEqual([]);
  await expect(lab.byHand.verdict).toContainText("the customer wanted 5 and gets 2");
  await expect(lab.byHand.fact(ROW.server)).toHaveText(/^2, /);
  await expect(lab.byHand.fact(ROW.requests)).toHaveText("4");
  expect(await lab.byHand.rows()).toEqual([READS]);
});

const OVERPAID = "✕ By hand: the customer pays $120.00 and the page said $12.00.";

test("Pays before the answer: the changed total is shown first, by hand it is charged", async ({ lab, server }) => {
  await lab.open();
  await lab.choose("Pays before the answer");
  const [mine, byHand] = await lab.start();
  await lab.ended();
  await expect(lab.byHand.verdict).toHaveText(OVERPAID);
  await expect(lab.byHand.fact(ROW.paid)).toHaveText("$120.00");
  await expect(lab.byHand.cell(ROW.paid)).toHaveAttribute("data-verdict", "differs");
  const charged = await server.session(byHand);
  expect([charged.status, charged.amount_total]).toEqual(["complete", 12_000]);

  await expect(lab.mine.fact(READS)).toHaveText(/^Your order has changed\. You have not been charged\./);
  await expect(lab.mine.fact(ROW.paid)).toBeEmpty();
  await expect(lab.mine.fact(TOTAL)).toHaveText("$120.00");
  await expect(lab.mine.fact(PAY)).toHaveText("open");
  expect(await lab.mine.rows()).toEqual([]);
  await expect(lab.mine.verdict).toHaveAttribute("data-verdict", "agrees");
  expect((await server.session(mine)).status).toBe("open");
});

test("A change while the wallet is open: what was on the sheet is charged, by hand another total", async ({
  lab,
  server,
}) => {
  await lab.open();
  const [mine, byHand] = await lab.run("A change while the wallet is open");
  await expect(lab.byHand.verdict).toHaveText(OVERPAID);
  await expect(lab.byHand.fact(ROW.paid)).toHaveText("$120.00");
  await expect(lab.mine.fact(ROW.paid)).toHaveText("$12.00");
  await expect(lab.mine.cell(ROW.paid)).toHaveAttribute("data-verdict", "agrees");
  await expect(lab.mine.fact(ROW.server)).toHaveText("Monthly, $12.00, closed");
  await expect(lab.mine.fact(ROW.requests)).toHaveText("0");
  expect(await lab.mine.rows()).toEqual([]);
  await expect(lab.mine.verdict).toHaveAttribute("data-verdict", "agrees");
  const totals = [mine, byHand].map(async (id) => {
    const { status, amount_total: total } = await server.session(id);
    return [status, total];
  });
  expect(await Promise.all(totals)).toEqual([
    ["complete", 1_200],
    ["complete", 12_000],
  ]);
  // The page pays in the next experiment as in the first.
  await lab.run("Nothing goes wrong");
  await expect(lab.mine.fact(READS)).toHaveText(DONE);
});

test("Reloads in the middle: Pay is locked until the change is seen, by hand another total is charged", async ({
  lab,
  server,
}) => {
  await lab.open();
  const [mine, byHand] = await lab.run("Reloads in the middle");
  await expect(lab.byHand.verdict).toHaveText(OVERPAID);
  await expect(lab.byHand.fact(ROW.paid)).toHaveText("$120.00");
  expect((await lab.seen()).includes(CHECKING)).toBe(true);
  await expect(lab.mine.fact(ROW.paid)).toHaveText("$120.00");
  await expect(lab.mine.cell(ROW.paid)).toHaveAttribute("data-verdict", "agrees");
  expect(await lab.mine.rows()).toEqual([]);
  await expect(lab.mine.verdict).toHaveAttribute("data-verdict", "agrees");
  for (const column of [lab.mine, lab.byHand]) await expect(column.fact(ROW.requests)).toHaveText("1");
  for (const id of [mine, byHand]) {
    const { status, amount_total: total } = await server.session(id);
    expect([status, total]).toEqual(["complete", 12_000]);
  }
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
  expect(await lab.mine.rows()).toEqual([]);
  expect(await lab.byHand.rows()).toEqual([]);
  await expectComplaint(complaints, /^CSP: script-src forbids wasm-eval/);

  await lab.choose("The module crashes");
  await lab.press.click();
  await expect(lab.problem).toHaveText(/runs without WebAssembly/);
});

test("The module crashes: its code is cut off in a step, and a fresh module finds out", async ({ lab, server }) => {
  await lab.open();
  await lab.choose("The module crashes");
  const ids = await lab.start();
  await expect(lab.mine.fact(READS)).toHaveText(UNKNOWN);
  await lab.ended();
  expect(await lab.seen()).toContain(CHECKING);
  for (const id of ids) expect(await server.interval(id)).toBe("year");
  expect(await lab.mine.rows()).toEqual([]);
  await lab.run("Nothing goes wrong");
  await expect(lab.mine.fact(READS)).toHaveText(DONE);
  await expect(lab.page.locator("#durations .kinds")).toHaveText(/internal 1.*success 1|success 1.*internal 1/);
});

test("a page that the browser did not keep says that nothing can be compared", async ({ lab, page }) => {
  // Playwright's Chromium has no back/forward cache; where there is one, another test looks.
  await lab.open();
  await lab.choose("Leaves and comes back");
  await lab.press.click();
  await page.waitForURL(/away/);
  await page.waitForURL(/\/lab\/$/);
  await expect(lab.problem).toHaveText(/did not keep the page/);
});

test("shows the session's id and the intent as all that a body has", async ({ lab, page }) => {
  await lab.open();
  const [mine, byHand] = await lab.run("Nothing goes wrong");
  const sent = page.locator(".sent");
  await expect(sent).toHaveCount(2);
  const bodies = await sent.locator("pre").allTextContents();
  expect(bodies.map((body) => JSON.parse(body) as unknown)).toEqual(
    expect.arrayContaining([mine, byHand].map((id) => ({ checkout_session_id: id, interval: "yearly" }))),
  );
  const own = sent.filter({ hasText: "With checkout-updates" });
  await own.getByText("With checkout-updates").click();
  await own.getByText("Headers").click();
  await expect(own.getByRole("row", { name: /^idempotency-key [0-9a-f-]{36}$/ })).toBeVisible();
  await expect(own.getByRole("row", { name: /^cookie visitor_[0-9a-f]{8}=…$/ })).toBeVisible();
  await expect(sent.filter({ hasText: "By hand" })).not.toContainText("idempotency-key");
});

test("draws where the time went and how long it took, from what was measured", async ({ lab, page }) => {
  await lab.open();
  await lab.run("Nothing goes wrong");
  await lab.run("“+” four times");
  await lab.run("The answer never comes");
  const timeline = page.locator("#timeline");
  const chart = timeline.getByRole("img");
  await expect(chart).toHaveAccessibleName(/^changeInterval: timeout, applied: unknown, after \d+\.\d s\./);
  await expect(chart).toContainText("Stripe.js's 5 s");
  await timeline.getByText("As a table").click();
  const rows = await timeline.getByRole("row").allTextContents();
  for (const part of ["waiting for a turn", "request 1", "reading the answer", "Stripe.js fetches", "in doubt"]) {
    expect(rows.some((row) => row.includes(part))).toBe(true);
  }
  const [, from, until] = /request 1(\d+) ms(\d+) ms/.exec(rows.find((row) => /timeout.*request 1/.test(row))!)!;
  expect(Number(until) - Number(from)).toBeGreaterThan(3_400);
  expect(await chart.locator("rect.part").count()).toBe(rows.length - 1);

  const durations = page.locator("#durations");
  await expect(durations).toContainText(/5 updates\. p50 \d.*, p95 \d+\.\d s\./);
  await expect(durations).toContainText("By outcome: refresh_failed 1, success 3, cancelled 2, timeout 1.");
  expect(
    await durations
      .locator(".count")
      .allTextContents()
      .then((counts) => counts.reduce((sum, n) => sum + Number(n), 0)),
  ).toBe(5);
});

test("holds the report that the server received against the page's own count", async ({ lab, page, server }) => {
  await lab.open();
  await lab.run("Nothing goes wrong");
  await page.getByRole("link", { name: "Leave the page" }).click();
  await page.waitForURL(/\/lab\/$/);
  await lab.opened();
  const merchant = page.locator("#merchant");
  await expect(merchant.getByRole("row", { name: "changeInterval: updates 2 2" })).toBeVisible();
  await expect(merchant.getByRole("row", { name: "changeInterval: successes 1 1" })).toBeVisible();
  await expect(merchant.locator("pre")).toContainText('"failures":{"refresh_failed":1}');
  const metrics = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  const count = /checkout_updates_total\{endpoint="changeInterval",outcome="success"\} (\d+)/.exec(metrics)![1];
  await expect(merchant.getByRole("row", { name: `changeInterval success ${count}` })).toBeVisible();
});

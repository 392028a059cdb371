import { expect, expectComplaint, statusLine, test } from "./fixtures.ts";

const ENDPOINT = "/change-subscription-interval";
const LABEL = "Save with a yearly subscription";

test("changes the plan on the server, there and back", async ({ checkout, gate, page, server }) => {
  const id = await checkout.open();
  await expect(page.getByText("Runs on a sandbox: no card is charged.")).toBeVisible();
  expect(await server.interval(id)).toBe("month");
  const monthly = await checkout.dueToday.textContent();
  await expect(checkout.plan).toHaveAttribute("aria-checked", "false");
  await expect(checkout.plan).toHaveAccessibleName(LABEL);
  await expect(checkout.plan).toHaveAccessibleDescription("$120 a year instead of $144");

  await checkout.plan.click();
  await expect(checkout.plan).toHaveAttribute("aria-checked", "true");
  // Its state says it: a label that changed as well would say the opposite when it is read out.
  await expect(checkout.plan).toHaveAccessibleName(LABEL);
  expect(await server.interval(id)).toBe("year");
  const session = await server.session(id);
  expect([session.amount_total, monthly]).toEqual([12_000, dollars(14_400 / 12)]);
  await expect(checkout.dueToday).toHaveText(dollars(session.amount_total));
  await expect(checkout.dueToday).not.toHaveText(monthly ?? "");
  await expect(checkout.summary).toContainText("Billed yearly");
  await expect(checkout.summary).toContainText("Then every year");
  await expect(checkout.status).toContainText("Billed yearly.");

  await checkout.settled();
  await checkout.plan.click();
  await expect(checkout.plan).toHaveAttribute("aria-checked", "false");
  await expect(checkout.plan).toHaveAccessibleName(LABEL);
  await expect(checkout.dueToday).toHaveText(monthly ?? "");
  await expect(checkout.summary).toContainText("Then every month");
  expect(await server.interval(id)).toBe("month");
  await expect(checkout.problem()).toHaveCount(0);

  const sent = gate.recorded(ENDPOINT);
  expect(sent.map(({ body }) => JSON.parse(body))).toEqual([
    { checkout_session_id: id, interval: "yearly" },
    { checkout_session_id: id, interval: "monthly" },
  ]);
  const keys = sent.map(({ headers }) => headers["idempotency-key"]);
  expect(new Set(keys).size).toBe(2);
  expect(keys).not.toContain(undefined);
});

test("names the package, and links to the other pages, the docs and the code", async ({ checkout, page }) => {
  await checkout.open();
  await expect(page.getByRole("complementary")).toContainText("checkout-updates demo");
  const links = page.getByRole("navigation", { name: "Demo" }).getByRole("link");
  await expect(links).toHaveText(["Subscription", "Goods", "Form", "Lab", "React", "Rust", "Docs", "Code"]);
  const own = await links.evaluateAll((all) => (all as HTMLAnchorElement[]).map(({ href }) => href));
  for (const href of own.filter((one) => one.startsWith(new URL(page.url()).origin) && !one.includes("/rust/"))) {
    expect((await page.request.get(href)).status(), href).toBe(200);
  }
});

for (const path of ["/form/", "/lab/", "/react/", "/rust/"]) {
  test(`${path} names the package and links to the other pages, in one line on a phone`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 800 });
    await page.goto(path);
    await expect(page.getByRole("complementary")).toContainText("checkout-updates demo");
    const links = page.getByRole("navigation", { name: "Demo" }).getByRole("link");
    // The examples do not know whether the lab is there, and their code is not served.
    const example = ["Subscription", "Goods", "Form", "React", "Rust", "Docs"];
    const all = ["Subscription", "Goods", "Form", "Lab", "React", "Rust", "Docs", "Code"];
    await expect(links).toHaveText(/react|rust/.test(path) ? example : all);
    const tops = await links.evaluateAll((each) => each.map((link) => link.getBoundingClientRect().top));
    expect(new Set(tops).size).toBe(1);
  });
}

test("can be used by keyboard alone and keeps the focus", async ({ checkout, page, server }) => {
  const id = await checkout.open();
  await page.keyboard.press("Tab");
  for (let presses = 1; presses < 10; presses += 1) {
    if (await checkout.plan.evaluate((button) => button === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  await expect(checkout.plan).toBeFocused();
  const outline = await checkout.plan.evaluate((button) => getComputedStyle(button).outlineStyle);
  expect(outline).toBe("solid");

  await page.keyboard.press("Space");
  await expect(checkout.plan).toHaveAttribute("aria-checked", "true");
  await expect(checkout.plan).toBeFocused();
  expect(await server.interval(id)).toBe("year");
  await checkout.settled();
  await page.keyboard.press("Enter");
  await expect(checkout.plan).toHaveAttribute("aria-checked", "false");
  await expect(checkout.plan).toBeFocused();

  await page.keyboard.press("Tab");
  await expect(checkout.email).toBeFocused();
  await page.keyboard.type("ada@example.com");
  await page.keyboard.press("Tab");
  await expect(checkout.pay).toBeEnabled();
});

test("locks Pay and sends nothing twice while an update is pending", async ({ checkout, gate }) => {
  await checkout.open();
  await checkout.email.fill("ada@example.com");
  await checkout.email.blur();
  await expect(checkout.pay).toBeEnabled();

  const arrival = gate.intercept(ENDPOINT);
  await checkout.plan.click();
  const held = await arrival;
  await expect(checkout.pay).toBeDisabled();
  await expect(checkout.pay).toHaveAccessibleDescription("Your total is being updated…");
  await expect(checkout.pay).toHaveText("Pay");
  await expect(checkout.summary).toHaveAttribute("aria-busy", "true");
  await expect(checkout.summary).toContainText("Updating the total…");
  await expect(checkout.total("Total due today (updating…)")).toBeVisible();
  await expect(checkout.plan).toHaveAttribute("aria-busy", "true");
  await expect(checkout.plan).toHaveAttribute("aria-checked", "false");
  await checkout.plan.click();
  await checkout.plan.press("Space");

  held.passOn();
  await expect(checkout.plan).toHaveAttribute("aria-checked", "true");
  await expect(checkout.pay).toBeEnabled();
  await expect(checkout.summary).toHaveAttribute("aria-busy", "false");
  expect(gate.recorded(ENDPOINT)).toHaveLength(1);
});

test("a refusal leaves the toggle where it was and says so", async ({ checkout, complaints, gate, server }) => {
  const id = await checkout.open();
  const before = await checkout.dueToday.textContent();
  const arrival = gate.intercept(ENDPOINT);
  await checkout.plan.click();
  (await arrival).answer(400, { type: "error", message: "This plan is sold out." });

  await expect(checkout.problem()).toHaveText("This plan is sold out.");
  await expect(checkout.plan).toHaveAttribute("aria-checked", "false");
  await expect(checkout.plan).toHaveAccessibleName(LABEL);
  await expect(checkout.plan).toBeFocused();
  await expect(checkout.dueToday).toHaveText(before ?? "");
  expect(await server.interval(id)).toBe("month");
  await expectComplaint(complaints, statusLine(400));

  await checkout.settled();
  // The next try works and takes the message away.
  await checkout.plan.click();
  await expect(checkout.plan).toHaveAttribute("aria-checked", "true");
  await expect(checkout.problem()).toHaveCount(0);
});

test("a sentence of doubt goes when the doubt ends, and the switch shows what the session has", async ({
  checkout,
  complaints,
  gate,
  server,
}) => {
  const id = await checkout.open();
  const arrival = gate.intercept(ENDPOINT);
  await checkout.plan.click();
  (await arrival).answer(500, { type: "error", message: "down" });
  await expect(checkout.problem()).toHaveText(/\S/);
  await expect(checkout.pay).toHaveAccessibleDescription("Your total is being checked…");
  await expect(checkout.summary).toContainText("Checking the total…");
  await expect(checkout.pay).not.toHaveAccessibleDescription("Your total is being checked…");
  await expect(checkout.problem()).toHaveCount(0);
  await expect(checkout.plan).toHaveAttribute("aria-checked", "false");
  expect(await server.interval(id)).toBe("month");
  await expectComplaint(complaints, statusLine(500));
});

test("a session that has expired is refused by the server and closes the checkout", async ({
  checkout,
  complaints,
  server,
}) => {
  const id = await checkout.open();
  await server.expire(id);
  await checkout.plan.click();
  await expect(checkout.problem()).toHaveText(/\S/);
  await expect(checkout.plan).toHaveAttribute("aria-checked", "false");
  await expect(checkout.pay).toBeDisabled();
  await expect(checkout.pay).toHaveAccessibleDescription("This checkout is closed.");
  await expectComplaint(complaints, statusLine(400));
});

test("a server that never answers ends in a timeout at 19.5 s, and sees its connection closed", async ({
  checkout,
  page,
  gate,
  server,
}) => {
  test.setTimeout(60_000);
  const id = await checkout.open();
  const arrival = gate.intercept(ENDPOINT);
  await checkout.plan.click();
  const silent = await arrival;
  const lasted = (await silent.closed) - silent.at;
  expect(lasted).toBeGreaterThan(19_000);
  expect(lasted).toBeLessThan(20_000);

  await expect(checkout.problem()).toHaveText(/\S/);
  await expect(checkout.plan).toHaveAttribute("aria-checked", "false");
  expect(await server.interval(id)).toBe("month");
  // Whether the server did it is not known, so nobody can pay until the page has made sure.
  await expect(checkout.pay).toHaveAccessibleDescription("Your total is being checked…");
  await page.getByText("What happened").click();
  await expect(page.locator("#happened-body")).toContainText(
    "Last failure: timeout of changeInterval, applied: unknown.",
  );
  await expect(checkout.pay).not.toHaveAccessibleDescription("Your total is being checked…", { timeout: 15_000 });
  expect(gate.recorded(ENDPOINT)).toHaveLength(1);
});

const dollars = (amount: number) =>
  new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" }).format(amount / 100);

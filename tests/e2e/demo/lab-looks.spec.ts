import { brotliCompressSync } from "node:zlib";
import { expectAccessible } from "./axe.ts";
import { expect, expectComplaint, statusLine } from "./fixtures.ts";
import { test } from "./lab.ts";

test.describe.configure({ timeout: 180_000 });

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [320, 1280]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 800 } });

      test("the lab: no axe violations and no sideways scroll, before and after", async ({ complaints, lab, page }) => {
        await lab.open();
        await expectAccessible(page);
        await lab.run("“+” four times");
        await lab.choose("500 that was applied");
        await lab.start();
        await expect(lab.mine.fact("Pay is")).toHaveText(/locked/);
        await expectAccessible(page);
        await lab.ended();
        await page.getByRole("link", { name: "Leave the page" }).click();
        await page.waitForURL(/\/lab\/$/);
        await expect(page.locator("#merchant pre")).toBeVisible();
        await lab.run("Nothing");
        await page.locator("details").evaluateAll((all) => all.forEach((one) => one.setAttribute("open", "")));
        await expectAccessible(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        for (let line = 0; line < 2; line += 1) await expectComplaint(complaints, statusLine(500));
      });
    });
  }
}

test("is used by the keyboard alone, and says aloud how it ended", async ({ lab, page }) => {
  await lab.open();
  const first = page.getByRole("radio", { name: "Nothing", exact: true });
  for (let presses = 0; presses < 10; presses += 1) {
    if (await first.evaluate((radio) => radio === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  await expect(first).toBeFocused();
  for (let presses = 0; presses < 4; presses += 1) await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("radio", { name: "400 with a message", exact: true })).toBeChecked();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  for (const next of ["Checked by hand", "Stripe.js’ limit"]) {
    await page.keyboard.press("Tab");
    await expect(page.getByLabel(next)).toBeFocused();
  }
  await page.keyboard.press("Tab");
  await expect(lab.press).toBeFocused();
  await expect(lab.press).toHaveAccessibleDescription(/In both columns/);
  await page.keyboard.press("Enter");
  await expect(lab.mine.fact("The customer reads")).toHaveText("Your order was updated.");
  await lab.ended();
  await expect(lab.press).toBeFocused();
  await expect(page.getByRole("status")).toHaveText(
    "With the package: Your order was updated. Page $120.00, server $120.00. " +
      "By hand: This change could not be made. Page $120.00, server $120.00.",
  );
});

test("moves nothing for those who asked for less motion", async ({ lab, page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await lab.open();
  await lab.choose("Slow answer");
  await lab.start();
  await expect(lab.press).toHaveAttribute("aria-busy", "true");
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  await lab.ended();
});

test("tells the parts of a drawing by patterns too", async ({ lab, page }) => {
  await lab.open();
  await lab.run("Nothing");
  const drawn = await page.locator("#timeline pattern").evaluateAll((patterns) => patterns.map((one) => one.innerHTML));
  expect(drawn).toHaveLength(6);
  expect(new Set(drawn).size).toBe(6);
  await expect(page.locator("#timeline .legend li")).toHaveText([
    "waiting for a turn",
    "request",
    "reading the answer",
    "Stripe.js fetches the session",
    "fetched again in doubt",
    "in doubt: Pay is locked",
  ]);
});

test("is linked from both carts", async ({ checkout, page }) => {
  await checkout.open();
  await page.getByRole("link", { name: "Lab" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("What happens when it goes wrong");
  await expect(page.getByRole("link", { name: "Lab" })).toHaveAttribute("aria-current", "page");
});

test("weighs less than 100 kB with every file that its first change needs, by brotli", async ({ lab, page }) => {
  await lab.open();
  await lab.run("Nothing");
  const loaded = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .filter((entry) => !["fetch", "beacon"].includes((entry as PerformanceResourceTiming).initiatorType))
      .map(({ name }) => name),
  );
  const files = new Set([page.url(), ...loaded]);
  for (const name of ["/dist/index.js", "/dist/inline-", "/dist/testing.js", "/lab/lab.css", "/lab/timeline.js"]) {
    expect(
      [...files].some((file) => file.includes(name)),
      name,
    ).toBe(true);
  }
  let whole = 0;
  for (const file of files) whole += brotliCompressSync(Buffer.from(await (await fetch(file)).arrayBuffer())).length;
  expect(whole, "bytes").toBeLessThan(100_000);
});

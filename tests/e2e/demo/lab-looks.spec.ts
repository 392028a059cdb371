import { brotliCompressSync } from "node:zlib";
import { expectAccessible } from "./axe.ts";
import { expect, expectComplaint, statusLine } from "./fixtures.ts";
import { ROW, test } from "./lab.ts";

test.describe.configure({ timeout: 180_000 });

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [320, 1280]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 800 } });

      test("the lab: no axe violations and no sideways scroll, before and after", async ({ complaints, lab, page }) => {
        await lab.open();
        await expectAccessible(page);
        await lab.run("“+” four times");
        await lab.choose("Error 500, change made");
        await lab.start();
        await expect(lab.mine.fact(ROW.pay)).toHaveText(/locked/);
        await expectAccessible(page);
        await lab.ended();
        await page.getByRole("link", { name: "Leave the page" }).click();
        await page.waitForURL(/\/lab\/$/);
        await lab.opened();
        await expect(page.locator("#merchant pre")).toBeVisible();
        await lab.run("Nothing goes wrong");
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
  const fault = page.getByLabel("What goes wrong");
  for (let presses = 0; presses < 12; presses += 1) {
    if (await fault.evaluate((select) => select === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  await expect(fault).toBeFocused();
  await page.keyboard.press("Home");
  await expect(fault).toHaveValue("none");
  await expect(fault).toHaveAccessibleDescription("The server makes the change and confirms it.");
  await page.keyboard.press("Tab");
  await expect(lab.press).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  for (const setting of ["By hand, check", "Stripe.js gives up after"]) {
    await page.keyboard.press("Tab");
    await expect(page.getByLabel(setting)).toBeFocused();
  }
  for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press("Shift+Tab");
  await expect(lab.press).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(lab.mine.fact(ROW.reads)).toHaveText("Your order was updated.");
  await lab.ended();
  await expect(lab.press).toBeFocused();
  const all = "everything the customer reads is true, and the total is $120.00.";
  await expect(page.getByRole("status")).toHaveText(`By hand: ${all} With checkout-updates: ${all}`);
});

test("moves nothing for those who asked for less motion", async ({ lab, page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await lab.open();
  await lab.choose("The answer takes 3 s");
  await lab.start();
  await expect(lab.press).toHaveAttribute("aria-busy", "true");
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  await lab.ended();
});

test("tells the parts of a drawing by patterns too", async ({ lab, page }) => {
  await lab.open();
  await lab.run("Nothing goes wrong");
  const drawn = await page.locator("#timeline pattern").evaluateAll((patterns) => patterns.map((one) => one.innerHTML));
  expect(drawn).toHaveLength(6);
  expect(new Set(drawn).size).toBe(6);
  await expect(page.locator("#timeline .legend li")).toHaveText([
    "waiting for a turn",
    "request",
    "reading the answer",
    "Stripe.js fetches the session",
    "fetched again to be sure",
    "in doubt: Pay is locked",
  ]);
});

test("is linked from both carts", async ({ checkout, page }) => {
  await checkout.open();
  await page.getByRole("link", { name: "Lab" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("What happens when an update goes wrong");
  await expect(page.getByRole("link", { name: "Lab" })).toHaveAttribute("aria-current", "page");
});

test("weighs less than 120 kB with every file that its first change needs, by brotli", async ({ lab, page }) => {
  await lab.open();
  await lab.run("Nothing goes wrong");
  const loaded = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .filter((entry) => !["fetch", "beacon"].includes((entry as PerformanceResourceTiming).initiatorType))
      .map(({ name }) => name),
  );
  const files = new Set([page.url(), ...loaded]);
  for (const name of [
    "/dist/index.js",
    "/dist/wasm-inline-",
    "/dist/testing.js",
    "/lab/results.css",
    "/lab/timeline.js",
  ]) {
    expect(
      [...files].some((file) => file.includes(name)),
      name,
    ).toBe(true);
  }
  let whole = 0;
  for (const file of files) whole += brotliCompressSync(Buffer.from(await (await fetch(file)).arrayBuffer())).length;
  expect(whole, "bytes").toBeLessThan(120_000);
});

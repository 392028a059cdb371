import { expectAccessible } from "./axe.ts";
import { expect, expectComplaint, statusLine, test } from "./fixtures.ts";

const ENDPOINT = "/change-subscription-interval";

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [320, 1280]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 800 } });

      for (const cart of ["subscription", "goods"] as const) {
        test(`${cart}: no axe violations and no sideways scroll`, async ({ checkout, page }) => {
          await checkout.open(cart);
          await expectAccessible(page);
          const widest = await page.evaluate(() => document.documentElement.scrollWidth);
          expect(widest).toBe(width);
        });
      }

      test("no axe violations while an update is pending", async ({ checkout, gate, page }) => {
        await checkout.open();
        const arrival = gate.intercept(ENDPOINT);
        await checkout.plan.click();
        const held = await arrival;
        await expect(checkout.summary).toHaveAttribute("aria-busy", "true");
        await expectAccessible(page);
        held.passOn();
      });

      test("no axe violations after a failure, with everything open", async ({ checkout, complaints, gate, page }) => {
        await checkout.open();
        const arrival = gate.intercept(ENDPOINT);
        await checkout.plan.click();
        (await arrival).answer(400, { type: "error", message: "We couldn't process your request." });
        await expect(checkout.problem()).toHaveText(/couldn't process/);
        await page.getByText("What happened").click();
        await expect(page.locator("#happened-body")).toContainText("Last failure: refused");
        await expectAccessible(page);
        await expectComplaint(complaints, statusLine(400));
      });
    });
  }
}

test("a page that cannot open its checkout says so", async ({ checkout, complaints, page, gate }) => {
  const arrival = gate.intercept("/create-checkout-session");
  await page.goto("/");
  (await arrival).answer(503, { type: "error", message: "down" });
  await expect(checkout.problem()).toHaveText(/could not be opened/);
  await expect(checkout.pay).toBeHidden();
  await expectAccessible(page);
  await expectComplaint(complaints, statusLine(503));
  await expectComplaint(complaints, /the server answered 503/);
});

test("moves nothing for those who asked for less motion", async ({ checkout, page, gate }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await checkout.open();
  const arrival = gate.intercept(ENDPOINT);
  await checkout.plan.click();
  const held = await arrival;
  await expect(checkout.summary).toContainText("Updating the total…");
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  held.passOn();
  await expect(checkout.plan).toHaveAttribute("aria-checked", "true");
});

test("shows a switch's state where the system picks the colours", async ({ checkout, page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await checkout.open();
  const track = checkout.plan.locator(".switch-track");
  const colour = () => track.evaluate((element) => getComputedStyle(element).backgroundColor);
  const off = await colour();
  await checkout.plan.click();
  await expect(checkout.plan).toHaveAttribute("aria-checked", "true");
  await expect.poll(colour).not.toBe(off);
});

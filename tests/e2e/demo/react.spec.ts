import { fileURLToPath } from "node:url";
import { expect, test } from "./fixtures.ts";
import { expectToggle } from "./toggle.ts";

test("the toggle with React changes the plan on the server, there and back", async ({ page, server, gate }) => {
  await expectToggle("/react/", { page, server, gate });
});

test("usePay pays, and the page shows it", async ({ page }) => {
  await page.goto("/react/");
  const pay = page.getByRole("button", { name: /^Pay/ });
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByLabel("E-mail").blur();
  await expect(pay).toBeEnabled();
  await pay.click();
  await expect(page.getByRole("status").filter({ hasText: "Thank you." })).toBeVisible();
});

test("useUpdate changes the plan without what Safari 15.0 lacks", async ({ page, server, gate }) => {
  await page.addInitScript({ path: fileURLToPath(new URL("../contract/page/lib/old.js", import.meta.url)) });
  await expectToggle("/react/?old", { page, server, gate });
  expect(await page.evaluate(() => "at" in Array.prototype || "randomUUID" in crypto)).toBe(false);
});

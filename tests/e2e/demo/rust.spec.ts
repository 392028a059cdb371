import { expect, expectComplaint, statusLine, test } from "./fixtures.ts";
import { expectToggle } from "./toggle.ts";

test("the toggle in Rust changes the plan on the server, there and back, and nothing but the intent is sent", async ({
  page,
  server,
  gate,
}) => {
  await expectToggle("/rust/", { page, server, gate });
});

test("a refusal is shown in the server's own words", async ({ page, gate, complaints }) => {
  await page.goto("/rust/");
  const toggle = page.getByRole("switch");
  await expect(toggle).toBeVisible();
  const arrival = gate.intercept("/change-subscription-interval");
  await toggle.click();
  (await arrival).answer(400, { type: "error", message: "Yearly plans are sold out." });
  await expect(page.locator("#toggle-problem")).toHaveText("Yearly plans are sold out.");
  await expectComplaint(complaints, statusLine(400));
  await expect(toggle).toHaveAttribute("aria-checked", "false");
});

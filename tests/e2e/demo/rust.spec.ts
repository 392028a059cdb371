import { expectAccessible } from "./axe.ts";
import { expect, expectComplaint, statusLine, test } from "./fixtures.ts";

test("the toggle in Rust changes the plan on the server, there and back, and nothing but the intent is sent", async ({
  page,
  server,
  gate,
}) => {
  const asked = page.waitForRequest((request) => new URL(request.url()).pathname === "/session");
  await page.goto("/rust/");
  const id = new URL((await asked).url()).searchParams.get("checkout_session_id") ?? "";
  const toggle = page.getByRole("switch", { name: "Save with a yearly subscription" });
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  await expectAccessible(page);
  const due = page.locator(".due-amount");
  const monthly = await due.textContent();
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByLabel("E-mail").blur();
  const pay = page.getByRole("button", { name: /^Pay/ });
  await expect(pay).toBeEnabled();

  const arrival = gate.intercept("/change-subscription-interval");
  await toggle.click();
  const held = await arrival;
  await expect(pay).toBeDisabled();
  held.passOn();
  const back = page.getByRole("switch", { name: "Use monthly subscription" });
  await expect(back).toHaveAttribute("aria-checked", "true");
  await expect(due).not.toHaveText(monthly ?? "");
  await expect(pay).toBeEnabled();
  expect(await server.interval(id)).toBe("year");

  await back.press("Space");
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  await expect(due).toHaveText(monthly ?? "");
  expect(await server.interval(id)).toBe("month");
  expect(held.recorded.body).toBe(JSON.stringify({ checkout_session_id: id, interval: "yearly" }));
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

import type { Page } from "@playwright/test";
import type { Gate } from "../support/gate.ts";
import type { DemoServer } from "../support/server.ts";
import { expectAccessible } from "./axe.ts";
import { expect } from "./fixtures.ts";

/** The toggle of the page at this path changes the plan on the server, there and back, and sends the intent alone. */
export async function expectToggle(
  path: string,
  { page, server, gate }: { page: Page; server: DemoServer; gate: Gate },
): Promise<void> {
  const asked = page.waitForRequest((request) => new URL(request.url()).pathname === "/session");
  await page.goto(path);
  const id = new URL((await asked).url()).searchParams.get("checkout_session_id") ?? "";
  const toggle = page.getByRole("switch", { name: "Yearly subscription" });
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
  // The label stays, and what is asked for is shown at once.
  await expect(toggle).toHaveAttribute("aria-checked", "true");
  await expect(due).not.toHaveText(monthly ?? "");
  await expect(pay).toBeEnabled();
  expect(await server.interval(id)).toBe("year");

  await toggle.press("Space");
  await expect(toggle).toHaveAttribute("aria-checked", "false");
  await expect(due).toHaveText(monthly ?? "");
  expect(await server.interval(id)).toBe("month");
  expect(held.recorded.body).toBe(JSON.stringify({ checkout_session_id: id, interval: "yearly" }));
}

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

test("a payment is shown next to the order, without the switch", async ({ page }) => {
  await page.goto("/rust/");
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByLabel("E-mail").blur();
  const pay = page.getByRole("button", { name: /^Pay/ });
  await expect(pay).toBeEnabled();
  await pay.click();
  await expect(page.getByRole("status").filter({ hasText: "Thank you." })).toBeVisible();
  await expect(page.locator(".due-label")).toHaveText("Paid");
  await expect(page.getByRole("switch")).toBeHidden();
});

test("the module has no export of the crate: nothing for JavaScript is carried along", async ({ page }) => {
  await page.goto("/rust/");
  const names = await page.evaluate(async () => {
    const module = await WebAssembly.compileStreaming(fetch("/rust/toggle_page_bg.wasm"));
    return WebAssembly.Module.exports(module).map(({ name }) => name);
  });
  expect(names).toContain("start");
  // As wasm-bindgen names a class: `updates_run`, `__wbg_updates_free`; and the function that tells which build it is.
  expect(names.filter((name) => /updates|^build$/.test(name))).toEqual([]);
});

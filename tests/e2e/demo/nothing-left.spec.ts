import { expect, expectComplaint, statusLine, test } from "./fixtures.ts";

test.use({ stock: 0 });

test("a cart that is sold out says so, and offers nothing to fill in", async ({ checkout, complaints, page }) => {
  await page.goto("/?cart=goods");
  await expect(checkout.problem()).toHaveText("This is sold out at the moment.");
  await expect(checkout.summary).toHaveAttribute("aria-busy", "false");
  await expect(checkout.pay).toBeHidden();
  await expect(checkout.email).toBeHidden();
  await expectComplaint(complaints, statusLine(400));
});

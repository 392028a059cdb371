import { expect, expectComplaint, statusLine, test } from "./fixtures.ts";

test.use({ stock: 2 });

test("inventory: what is not in stock is refused with what is left", async ({ checkout, complaints, server }) => {
  const id = await checkout.open("goods");
  const more = checkout.page.getByRole("button", { name: "One more: Desk lamp" });
  await more.click();
  await expect(checkout.item("Desk lamp")).toContainText("$90.00");
  await more.click();
  await expect(checkout.problem()).toHaveText("Only 2 of these are left.");
  await expect(checkout.page.getByRole("group", { name: "Quantity of Desk lamp" }).locator("output")).toHaveText("2");
  await expect(more).toBeFocused();
  expect(await server.items(id)).toEqual([["Desk lamp", 2]]);
  await expectComplaint(complaints, statusLine(400));
});

import { expectAccessible } from "./axe.ts";
import { expect, expectComplaint, statusLine, test, type CheckoutPage } from "./fixtures.ts";

test.use({ stock: 40 });

test("inventory: a quantity is changed on the server", async ({ checkout, gate, server }) => {
  const id = await checkout.open("goods");
  const stepper = checkout.page.getByRole("group", { name: "Quantity of Desk lamp" });
  await expect(stepper.getByRole("status")).toHaveText("1");
  await stepper.getByRole("button", { name: "One more: Desk lamp" }).click();
  await expect(stepper).toHaveAttribute("aria-busy", "false");
  await expect(stepper.getByRole("status")).toHaveText("2");
  await expect(checkout.item("Desk lamp")).toContainText("$90.00");
  expect(await server.items(id)).toEqual([["Desk lamp", 2]]);
  const [sent] = gate.recorded("/update-line-item-quantity");
  expect(Object.keys(JSON.parse(sent?.body ?? "{}"))).toEqual(["checkout_session_id", "line_item", "quantity"]);

  await stepper.getByRole("button", { name: "One fewer: Desk lamp" }).click();
  // "$45.00 each" is there with two, so only the end of the update tells.
  await checkout.settled();
  await expect(checkout.item("Desk lamp")).toContainText("$45.00");
  expect(await server.items(id)).toEqual([["Desk lamp", 1]]);
});

test("inventory: pressing on sends the last quantity and none between", async ({ checkout, gate, server }) => {
  const id = await checkout.open("goods");
  const more = checkout.page.getByRole("button", { name: "One more: Desk lamp" });
  const arrival = gate.intercept("/update-line-item-quantity");
  await more.click();
  const first = await arrival;
  await more.click();
  await more.click();
  await more.click();
  first.passOn();
  await expect(checkout.item("Desk lamp")).toContainText("$225.00");
  expect(await server.items(id)).toContainEqual(["Desk lamp", 5]);
  const quantities = gate.recorded("/update-line-item-quantity").map(({ body }) => JSON.parse(body).quantity);
  expect(quantities).toEqual([2, 5]);
});

test("inventory: four quick presses from 1 end at 5, also where the page draws in between", async ({
  checkout,
  gate,
  server,
}) => {
  const id = await checkout.open("goods");
  const stepper = checkout.page.getByRole("group", { name: "Quantity of Desk lamp" });
  const more = stepper.getByRole("button", { name: "One more: Desk lamp" });
  const arrival = gate.intercept("/update-line-item-quantity");
  await more.evaluate((button: HTMLButtonElement) => button.click());
  const first = await arrival;
  await more.click();
  await more.click();
  // Another row's update draws the page anew, from a session that still has one lamp.
  await checkout.page.getByRole("switch", { name: "Gift wrap" }).click();
  await expect(stepper.getByRole("status")).toHaveText("4");
  await more.click();
  await expect(stepper.getByRole("status")).toHaveText("5");
  await expect(stepper).toHaveAttribute("aria-busy", "true");
  first.passOn();
  await checkout.settled();
  await expect(stepper.getByRole("status")).toHaveText("5");
  await expect(stepper).toHaveAttribute("aria-busy", "false");
  expect(await server.items(id)).toContainEqual(["Desk lamp", 5]);
});

test("new products: an offer is added and removed, and the rest stays", async ({ checkout, server }) => {
  const id = await checkout.open("goods");
  await checkout.page.getByRole("button", { name: "Add Notebook" }).click();
  await expect(checkout.item("Notebook")).toContainText("$8.00");
  await expect(checkout.page.getByRole("button", { name: "Remove Notebook" })).toBeFocused();
  expect(await server.items(id)).toEqual([
    ["Desk lamp", 1],
    ["Notebook", 1],
  ]);
  await checkout.settled();
  await checkout.page.getByRole("button", { name: "Remove Notebook" }).click();
  await expect(checkout.item("Notebook")).toHaveCount(0);
  await expect(checkout.page.getByRole("button", { name: "Add Notebook" })).toBeFocused();
  expect(await server.items(id)).toEqual([["Desk lamp", 1]]);
});

test("new products: a gift comes with a large order and goes with it", async ({ checkout, server }) => {
  const id = await checkout.open("goods");
  const gift = checkout.item("Sticker pack");
  await expect(gift).toHaveCount(0);
  const more = checkout.page.getByRole("button", { name: "One more: Desk lamp" });
  for (let lamps = 2; lamps <= 4; lamps += 1) await more.click();
  await expect(gift).toContainText("Free");
  expect((await server.items(id)).map(([name]) => name)).toContain("Sticker pack, with our compliments");
  await checkout.page.getByRole("button", { name: "One fewer: Desk lamp" }).click();
  await expect(gift).toHaveCount(0);
  expect(await server.items(id)).toEqual([["Desk lamp", 3]]);
});

test("add-ons: each switch adds its item once, and takes it out again", async ({ checkout, gate, server }) => {
  const id = await checkout.open("goods");
  for (const name of ["Gift wrap", "Extended warranty"]) {
    const add = checkout.page.getByRole("switch", { name });
    await expect(add).toHaveAttribute("aria-checked", "false");
    await add.press("Space");
    await expect(add).toHaveAttribute("aria-checked", "true");
    await expect(checkout.item(name)).toHaveCount(1);
    await expect(add).toBeFocused();
  }
  const all = ["Desk lamp", "Gift wrap", "Extended warranty"];
  expect((await server.items(id)).map(([name]) => name)).toEqual(all);

  await checkout.settled();
  await checkout.page.getByRole("switch", { name: "Gift wrap" }).click();
  await expect(checkout.item("Gift wrap")).toHaveCount(0);
  expect((await server.items(id)).map(([name]) => name)).toEqual(["Desk lamp", "Extended warranty"]);
  expect(
    gate
      .recorded("/update-custom-amount")
      .map(({ body }) => JSON.parse(body))
      .at(-1),
  ).toEqual({
    checkout_session_id: id,
    product_id: "gift_wrap",
    selected: false,
  });
});

test("shipping: a speed is chosen by keyboard, and a large order ships free", async ({ checkout, server }) => {
  const id = await checkout.open("goods");
  const speeds = checkout.page.getByRole("group", { name: "Speed" });
  const standard = speeds.getByRole("radio", { name: /Standard/ });
  const express = speeds.getByRole("radio", { name: /Express/ });
  await expect(standard).toBeChecked();
  // One express is enough: the guide's add-on of that name is not offered beside it.
  await expect(checkout.page.getByText(/express/i)).toHaveCount(1);
  await expect(checkout.total("Shipping")).toHaveText("$5.00");

  await standard.focus();
  await checkout.page.keyboard.press("ArrowDown");
  await expect(checkout.total("Shipping (Express)")).toHaveText("$12.00");
  await expect(express).toBeChecked();
  await expect(express).toBeFocused();
  expect((await server.session(id)).amount_total).toBe(4_500 + 1_200);

  await standard.check();
  await expect(checkout.total("Shipping (Standard)")).toHaveText("$5.00");
  const more = checkout.page.getByRole("button", { name: "One more: Desk lamp" });
  await more.click();
  await more.click();
  await expect(checkout.total("Shipping (Standard)")).toHaveText("Free");
  expect((await server.session(id)).amount_total).toBe(3 * 4_500);
});

test("tax: the address decides it, and Pay waits for it", async ({ checkout, gate, server }) => {
  const id = await checkout.open("goods");
  await checkout.email.fill("ada@example.com");
  await checkout.email.blur();
  await expect(checkout.pay).toHaveAccessibleDescription("Choose where to deliver to pay.");
  await expect(checkout.total("Tax")).toHaveText("$0.00");

  await ship(checkout, "United States", "California");
  await expect(checkout.total("Sales tax (7.25%)")).toHaveText("$3.26");
  expect((await server.session(id)).amount_total).toBe(4_500 + 500 + 326);
  await expect(checkout.pay).toBeEnabled();
  expect(gate.recorded("/update-tax").map(({ body }) => Object.keys(JSON.parse(body)))).toEqual([
    ["checkout_session_id"],
    ["checkout_session_id"],
  ]);

  await ship(checkout, "Germany");
  await expect(checkout.total("MwSt. (19%)")).toHaveText("$8.55");
  await expect(checkout.total("Shipping (International standard)")).toHaveText("$19.00");
  await expect(checkout.page.getByLabel("State")).toBeHidden();
});

test("a promotion code is applied, stays with a change of the order, and is removed", async ({
  checkout,
  complaints,
  page,
  server,
}) => {
  const id = await checkout.open("goods");
  const field = page.getByLabel("Promotion code", { exact: true });
  const total = async () => (await server.session(id)).amount_total;
  await field.fill("NORTH11");
  await field.press("Enter");
  await expect(checkout.problem()).toHaveText("This code is invalid.");
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expectComplaint(complaints, statusLine(400));
  expect(await total()).toBe(4_500 + 500);

  await field.fill("north10");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(checkout.total("Discount")).toHaveText("−$4.50");
  await expect(page.getByText("Promotion code NORTH10")).toBeVisible();
  await expect(checkout.problem()).toHaveCount(0);
  const remove = page.getByRole("button", { name: "Remove promotion code NORTH10" });
  await expect(remove).toBeFocused();
  expect(await total()).toBe(4_500 - 450 + 500);

  await page.getByRole("button", { name: "Add Notebook" }).click();
  await expect(checkout.total("Discount")).toHaveText("−$5.30");
  await checkout.settled();
  await remove.click();
  await expect(checkout.total("Discount")).toHaveCount(0);
  await expect(field).toBeVisible();
  expect(await total()).toBe(4_500 + 800 + 500);
});

test("reordering: an item is moved up and down, and its button keeps the focus", async ({ checkout, gate, server }) => {
  const id = await checkout.open("goods");
  const names = async () => (await server.items(id)).map(([name]) => name);
  const move = (name: string) => checkout.page.getByRole("button", { name, exact: true });
  await expect(move("Move Desk lamp down")).toBeHidden();
  for (const name of ["Notebook", "Desk mat"]) {
    await checkout.page.getByRole("button", { name: `Add ${name}` }).click();
    await expect(checkout.item(name)).toHaveCount(1);
  }
  await checkout.settled();
  await expect(move("Move Desk lamp up")).toHaveAttribute("aria-disabled", "true");
  await expect(move("Move Desk mat down")).toHaveAttribute("aria-disabled", "true");

  // By keyboard, and on before the first answer: the place is counted from the one that was asked for.
  const arrival = gate.intercept("/move-line-item");
  await move("Move Desk mat up").press("Enter");
  const first = await arrival;
  await move("Move Desk mat up").press("Enter");
  first.passOn();
  await checkout.settled();
  await expect(checkout.summary.locator(".items .item-name")).toHaveText(["Desk mat", "Desk lamp", "Notebook"]);
  await expect(move("Move Desk mat up")).toHaveAttribute("aria-disabled", "true");
  await expect(move("Move Desk mat up")).toBeFocused();
  expect(await names()).toEqual(["Desk mat", "Desk lamp", "Notebook"]);
  expect(gate.recorded("/move-line-item").map(({ body }) => JSON.parse(body).position)).toEqual([1, 0]);

  await move("Move Desk lamp down").click();
  await checkout.settled();
  expect(await names()).toEqual(["Desk mat", "Notebook", "Desk lamp"]);
  await expect(move("Move Desk lamp down")).toBeFocused();
});

test("shipping: the server sets the address, with its options and taxes in one update", async ({
  checkout,
  complaints,
  gate,
  page,
  server,
}) => {
  await checkout.open("goods");
  const session = page.waitForRequest((request) => new URL(request.url()).pathname === "/session");
  await page.getByRole("link", { name: "Let the server set it" }).click();
  const id = new URL((await session).url()).searchParams.get("checkout_session_id") ?? "";
  await expect(page.getByRole("link", { name: "Let Stripe.js set it" })).toBeVisible();
  const sent = () => gate.recorded("/calculate-shipping-options").map(({ body }) => JSON.parse(body).shipping_details);
  await page.getByLabel("Name").fill("Ada Lovelace");
  await page.getByLabel("Address", { exact: true }).fill("1 Main Street");
  await page.getByLabel("City").fill("Sacramento");
  await page.getByLabel("Postal code").fill("94203");
  await page.getByLabel("Country").selectOption({ label: "United States" });
  await expect(checkout.pay).toHaveAccessibleDescription("Choose where to deliver to pay.");
  expect(sent()).toEqual([]);
  await page.getByLabel("State").selectOption({ label: "California" });
  await expect(checkout.total("Sales tax (7.25%)")).toHaveText("$3.26");
  const address = { line1: "1 Main Street", city: "Sacramento", postal_code: "94203", country: "US", state: "CA" };
  expect(sent()).toEqual([{ name: "Ada Lovelace", address }]);
  const { collected_information } = await server.session(id);
  expect(collected_information?.shipping_details).toMatchObject({ name: "Ada Lovelace", address });

  // An address that the shop refuses can be put right.
  await checkout.settled();
  const arrival = gate.intercept("/calculate-shipping-options");
  await page.getByLabel("Country").selectOption({ label: "Germany" });
  (await arrival).answer(400, { type: "error", message: "We do not ship to this country." });
  await expect(checkout.problem()).toHaveText("We do not ship to this country.");
  await expectComplaint(complaints, statusLine(400));
  await page.getByLabel("Country").selectOption({ label: "Germany" });
  await expect(checkout.total("MwSt. (19%)")).toHaveText("$8.55");
  await expect(checkout.total("Shipping (International standard)")).toHaveText("$19.00");
  await expect(checkout.pay).toBeEnabled();
  await expectAccessible(page);
});

test("pays, and says that nothing was charged", async ({ checkout, complaints, gate, page, server }) => {
  const id = await checkout.open("goods");
  await checkout.email.fill("ada@example.com");
  await checkout.email.blur();
  await ship(checkout, "United Kingdom");
  await expect(checkout.pay).toBeEnabled();
  const arrival = gate.intercept("/update-line-item-quantity");
  await page.getByRole("button", { name: "One more: Desk lamp" }).click();
  (await arrival).answer(400, { type: "error", message: "Only 1 of these is left." });
  await expect(checkout.problem()).toBeVisible();
  await expectComplaint(complaints, statusLine(400));
  await expect(checkout.pay).toBeEnabled();
  await checkout.pay.press("Enter");
  await expect(page.getByRole("heading", { name: "Thank you" })).toBeVisible();
  await expect(page.locator(".paid")).toBeFocused();
  await expect(page.locator(".paid")).toContainText("no card was charged");
  await expect(page.locator(".paid")).toContainText("setQuantity");
  // What could not be changed no longer matters.
  await expect(checkout.item("Desk lamp").getByText("Only 1 of these is left.")).toBeHidden();
  expect((await server.session(id)).status).toBe("complete");
  await expectAccessible(page);
});

async function ship({ page }: CheckoutPage, country: string, state?: string): Promise<void> {
  await page.getByLabel("Country").selectOption({ label: country });
  if (state) await page.getByLabel("State").selectOption({ label: state });
}

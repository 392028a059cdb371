import { expectAccessible } from "./axe.ts";
import { expect, test } from "./fixtures.ts";

const ENDPOINT = "/calculate-shipping-options";

test("the Form: one update for each completed address, and the total that is shown is paid", async ({
  checkout,
  gate,
  page,
  server,
}) => {
  await checkout.open("goods");
  const session = page.waitForRequest((request) => new URL(request.url()).pathname === "/session");
  await page.getByRole("link", { name: "Form" }).click();
  const id = new URL((await session).url()).searchParams.get("checkout_session_id") ?? "";
  const form = page.getByRole("group", { name: "Checkout form" });
  const enter = (name: string, text: string) => form.getByLabel(name, { exact: true }).fill(text);
  await enter("E-mail", "ada@example.com");
  await enter("Name", "Ada Lovelace");
  await enter("Address", "1 Way");
  await enter("City", "London");
  await enter("Postal code", "N1 9GU");
  await enter("Country code", "G");
  const arrival = gate.intercept(ENDPOINT);
  await enter("Country code", "GB");
  const first = await arrival;
  // The Form tells of every key: while an update runs, only the last address waits.
  for (const line of ["2", "2 ", "2 Way"]) await enter("Address", line);
  first.passOn();
  await expect(checkout.total("VAT (20%)")).toHaveText("$9.00");
  await expect(checkout.total("Shipping (International standard)")).toHaveText("$19.00");
  await checkout.settled();
  const sent = gate.recorded(ENDPOINT).map(({ body }) => JSON.parse(body));
  expect(sent.map(({ shipping_details }) => shipping_details.address.line1)).toEqual(["1 Way", "2 Way"]);
  expect(sent[1]).toEqual({
    checkout_session_id: id,
    shipping_details: {
      name: "Ada Lovelace",
      address: { line1: "2 Way", city: "London", postal_code: "N1 9GU", country: "GB" },
    },
  });
  await expect(checkout.problem()).toHaveCount(0);
  await expectAccessible(page);

  await form.getByRole("button", { name: "Pay", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Thank you" })).toBeVisible();
  await expect(page.locator(".paid")).toContainText("Your order of $73.00 is confirmed.");
  const paid = await server.session(id);
  expect([paid.status, paid.amount_total]).toEqual(["complete", 7_300]);
});

for (const width of [320, 1280]) {
  test(`the Form's page has no axe violations and no sideways scroll at ${width} px`, async ({ checkout, page }) => {
    await page.setViewportSize({ width, height: 800 });
    await page.goto("/form/");
    await checkout.settled();
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });
}

import { expect, test, type CheckoutPage } from "./fixtures.ts";

const PLAN = "/change-subscription-interval";

/** How often Stripe.js has told the shop of a payment. */
const paidBy = (bodies: { body: string }[]) => bodies.filter(({ body }) => body.includes('"confirm"')).length;

for (const cart of ["subscription", "goods"] as const) {
  test(`${cart}: the e-mail address is filled in, and one press pays once`, async ({
    checkout,
    gate,
    page,
    server,
  }) => {
    const id = await checkout.open(cart);
    await expect(checkout.email).toHaveValue("ada@example.com");
    if (cart === "goods") await page.getByLabel("Country").selectOption({ label: "United Kingdom" });
    await expect(checkout.pay).toBeEnabled();
    const total = (await checkout.dueToday.textContent()) ?? "";
    await expect(checkout.pay).toHaveText(`Pay ${total}`);
    const told = gate.intercept("/session");
    await checkout.pay.click();
    const held = await told;
    await expect(checkout.pay).toBeDisabled();
    await expect(checkout.pay).toHaveAccessibleDescription("Paying…");
    // Enter in a field submits the form once more.
    await checkout.email.press("Enter");
    held.passOn();
    await expectPaid(checkout, total);
    expect((await server.session(id)).status).toBe("complete");
    expect(paidBy(gate.recorded("/session"))).toBe(1);
  });
}

test("a wallet pays the total on its sheet, and no update starts while it is open", async ({
  checkout,
  gate,
  page,
  server,
}) => {
  const id = await checkout.open();
  const total = (await checkout.dueToday.textContent()) ?? "";
  await checkout.wallet.getByRole("button", { name: "Pay with Link" }).click();
  await expect(checkout.wallet).toContainText(`Pay ${total}?`);
  await expect(checkout.pay).toBeDisabled();
  await checkout.plan.click();
  await expect(checkout.problem()).toContainText(/paid|payment/i);
  expect(gate.recorded(PLAN)).toHaveLength(0);

  await checkout.wallet.getByRole("button", { name: "Cancel" }).click();
  await expect(checkout.pay).toBeEnabled();
  await checkout.plan.click();
  await expect(checkout.plan).toHaveAttribute("aria-checked", "true");
  await checkout.settled();
  const yearly = (await checkout.dueToday.textContent()) ?? "";
  expect(yearly).not.toBe(total);
  await checkout.wallet.getByRole("button", { name: "Pay with Link" }).click();
  await expect(checkout.wallet).toContainText(`Pay ${yearly}?`);
  await checkout.wallet.getByRole("button", { name: "Approve" }).click();
  await expectPaid(checkout, yearly);
  expect((await server.session(id)).status).toBe("complete");
  await expect(page.getByRole("alert").filter({ hasText: /\S/ })).toHaveCount(0);
});

test("a wallet does not open while the total is being updated", async ({ checkout, gate }) => {
  await checkout.open();
  const arrival = gate.intercept(PLAN);
  await checkout.plan.click();
  const held = await arrival;
  const link = checkout.wallet.getByRole("button", { name: "Pay with Link" });
  await link.click();
  await expect(link).toBeEnabled();
  await expect(checkout.wallet.getByRole("button", { name: "Approve" })).toHaveCount(0);
  held.passOn();
  await expect(checkout.plan).toHaveAttribute("aria-checked", "true");
  await checkout.settled();
  await link.click();
  await expect(checkout.wallet.getByRole("button", { name: "Approve" })).toBeVisible();
});

async function expectPaid({ page }: CheckoutPage, total: string): Promise<void> {
  await expect(page.getByRole("heading", { name: "Thank you" })).toBeVisible();
  await expect(page.locator(".paid")).toContainText(`Your order of ${total} is confirmed.`);
}

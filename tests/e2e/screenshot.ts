import { fileURLToPath } from "node:url";
import { expect, test } from "./demo/fixtures.ts";

const docs = (name: string) => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, viewport: { width: 1200, height: 760 }, deviceScaleFactor: 2 });

    test(`the plan after a click, ${colorScheme}`, async ({ checkout, page }) => {
      await checkout.open();
      await checkout.email.fill("ada@example.com");
      await checkout.email.blur();
      await checkout.plan.click();
      await expect(checkout.plan).toHaveAttribute("aria-checked", "true");
      await expect(checkout.pay).toBeEnabled();
      await page.mouse.move(0, 0);
      await checkout.plan.blur();
      await page.screenshot({ path: docs(`screenshot-${colorScheme}.png`), animations: "disabled" });
    });
  });
}

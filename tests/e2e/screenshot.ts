import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "./demo/fixtures.ts";
import { test as lab } from "./demo/lab.ts";
import { film, type Frame } from "./support/film.ts";

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

lab.describe("the film of the lab", () => {
  lab.use({ viewport: { width: 1080, height: 1200 }, deviceScaleFactor: 1.5 });

  lab("three faults, each in both columns", async ({ complaints, lab: page }) => {
    lab.setTimeout(300_000);
    const frames: Frame[] = [];
    await page.open();
    const top = (await page.form.boundingBox())!.y - 24;
    const clip = { x: 0, y: top, width: 1080, height: 850 };
    const shoot = async (ms: number) => {
      frames.push({ png: await page.page.screenshot({ animations: "disabled", clip }), ms });
    };
    await page.page.getByLabel("Stripe.js’ limit").selectOption("5 s");
    await page.page.getByLabel("Checked by hand").selectOption("response.type");
    await page.choose("The answer never comes");
    await shoot(1_500);
    await page.start();
    await page.page.mouse.move(0, 0);
    await expect(page.mine.fact("Pay is")).toHaveText("locked: the order is changing");
    await shoot(1_000);
    await expect(page.mine.fact("Pay is")).toHaveText("locked: the order is being checked");
    await shoot(2_000);
    await page.ended();
    await page.press.blur();
    await shoot(2_500);
    for (const fault of ["Refused, with a reason", "“+” four times"]) {
      await page.run(fault);
      await page.press.blur();
      await shoot(2_500);
    }
    complaints.splice(0);
    const picture = film(frames, 3);
    expect(picture.length).toBeLessThan(2_000_000);
    await writeFile(docs("lab.png"), picture);
  });
});

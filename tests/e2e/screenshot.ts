import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "./demo/fixtures.ts";
import { ROW, test as lab } from "./demo/lab.ts";
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

  lab("three faults, each in both columns, a result first", async ({ complaints, lab: page }) => {
    lab.setTimeout(300_000);
    await page.open();
    const clip = { x: 0, y: (await page.form.boundingBox())!.y - 16, width: 1080, height: 784 };
    const shoot = async (ms: number): Promise<Frame> => {
      await page.press.blur();
      // The table is the last thing in the picture: half a line of text below it would look like a mistake.
      await page.page.evaluate(() => {
        const below = document.querySelectorAll<HTMLElement>("#results > .note, main > section:not(#results)");
        for (const element of below) element.style.visibility = "hidden";
      });
      return { png: await page.page.screenshot({ animations: "disabled", clip }), ms };
    };
    const result = async (fault: string) => {
      await page.run(fault);
      return shoot(3_000);
    };
    await page.choose("The answer never comes");
    await page.start();
    await page.page.mouse.move(0, 0);
    await expect(page.mine.fact(ROW.pay)).toHaveText("locked: the order is being checked");
    await expect(page.mine.verdict).toHaveAttribute("data-verdict", "in doubt");
    const inDoubt = await shoot(2_000);
    await page.ended();
    const ended = await shoot(4_000);
    const others = [await result("Refused, with a reason"), await result("“+” four times")];
    complaints.splice(0);
    // A viewer that does not animate shows the first frame, one that does stays on the last: both are a result.
    const picture = film([ended, ...others, inDoubt, ended], 3);
    expect(picture.length).toBeLessThan(2_000_000);
    await writeFile(docs("lab.png"), picture);
  });
});

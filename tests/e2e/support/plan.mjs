// The demo's toggle in browsers that Playwright does not drive.
import { expect } from "@playwright/test";
import { By, until } from "selenium-webdriver";
import { openPage } from "../faults/lib/browsers.mjs";
import { startServer } from "./server.ts";

/** The demo page in this browser changes the plan on the server, there and back. */
export async function expectPlanChanges(browser) {
  const server = await startServer({ stock: 1 });
  try {
    const { driver, close } = await openPage(browser, `http://127.0.0.1:${server.port}/`, "document");
    try {
      const attribute = (id, name) => driver.findElement(By.id(id)).getAttribute(name);
      const becomes = (id, name, value) =>
        driver.wait(async () => (await attribute(id, name)) === value, 10_000, `${id} ${name}=${value}`);
      const plan = await driver.findElement(By.id("change-subscription-interval"));
      await driver.wait(until.elementIsVisible(plan), 10_000);
      await becomes("summary", "aria-busy", "false");
      const id = await driver.executeScript(SESSION);
      expect(await server.interval(id)).toBe("month");

      await plan.click();
      await becomes("change-subscription-interval", "aria-checked", "true");
      expect(await server.interval(id)).toBe("year");
      // Its label stays, and its state changes.
      expect(await plan.getText()).toContain("Save with a yearly subscription");
      await becomes("change-subscription-interval", "aria-busy", "false");

      await plan.click();
      await becomes("change-subscription-interval", "aria-checked", "false");
      expect(await server.interval(id)).toBe("month");
      expect(await driver.findElement(By.id("plan-problem")).getText()).toBe("");
    } finally {
      await close();
    }
  } finally {
    await server.stop();
  }
}

/** The id of the session that the page has fetched. */
const SESSION = `
  const fetched = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
  return fetched.find(({ pathname }) => pathname === "/session").searchParams.get("checkout_session_id");
`;

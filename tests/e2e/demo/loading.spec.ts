import { expect, test } from "./fixtures.ts";

const STRIPE = "/dist/testing.js";

for (const [name, path] of [
  ["the checkout", "/"],
  ["the lab", "/lab/"],
] as const) {
  test(`${name} paints and asks for Stripe.js before the package has come`, async ({ gate, page }) => {
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    await page.route("**/dist/index.js", async (route) => {
      await held;
      await route.continue();
    });
    const stripe = page.waitForRequest((request) => request.url().endsWith(STRIPE));
    await page.goto(gate.url + path, { waitUntil: "commit" });
    await stripe;
    await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length === 1);
    letGo();
  });

  test(`${name} asks for the module after Stripe.js, and nothing of the package blocks the paint`, async ({
    gate,
    page,
  }) => {
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    const module = page.waitForResponse(/\/dist\/wasm-inline-/);
    await page.goto(gate.url + path);
    await (await module).finished();
    const at = (pattern: RegExp) => asked.findIndex((one) => pattern.test(one));
    expect(at(/^\/dist\/testing\.js$/)).toBeGreaterThan(-1);
    expect(at(/^\/dist\/testing\.js$/)).toBeLessThan(at(/^\/dist\/wasm-inline-/));
    const blocking = await page.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .filter((entry) => entry.name.includes("/dist/"))
        .map((entry) => (entry as unknown as { renderBlockingStatus: string }).renderBlockingStatus),
    );
    expect(new Set(blocking)).toEqual(new Set(["non-blocking"]));
  });
}

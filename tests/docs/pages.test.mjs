// What runs in a browser, in Chromium: each page of the guides is opened, and used as scenarios.mjs says.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { allBlocks } from "./lib/blocks.mjs";
import { bundle, launch, openPage } from "./lib/chromium.mjs";
import { programs, writePrograms } from "./lib/programs.mjs";
import { scenarios } from "./lib/scenarios.mjs";
import { openShop } from "./lib/shop.mjs";

const place = writePrograms("pages");
const names = [...new Set(allBlocks().flatMap(({ page }) => page ?? []))];

// What the guides take for granted, as ambient.d.ts has it.
const SETUP = `
  const { clientSecret } = await (await fetch("/create-checkout-session", { method: "POST" })).json();
  const stripe = Stripe("pk_test_docs");
  const sdk = stripe.initCheckoutElementsSdk({ clientSecret });
  const { actions } = await sdk.loadActions();
  const [shown, drawn] = [[], []];
  const [show, draw] = [(text) => shown.push(text), (session) => drawn.push(session)];
  const payButton = document.getElementById("pay-button");
  Object.assign(window, { clientSecret, stripe, sdk, actions, shown, drawn, show, draw, payButton });
  window.block = await import("/block.js");
`;
const STRIPE = '<script src="https://js.stripe.com/endive/stripe.js"></script>';

/** The files of a page, and the policy that it is served with. */
async function build(name, scenario) {
  const own = allBlocks().filter(({ page }) => page === name);
  const policy = own.find(({ language }) => language === "http")?.code.replace(/^Content-Security-Policy: |\n/g, "");
  const html = own.find(({ language }) => language === "html")?.code ?? scenario.html;
  const modules = programs().filter(({ page }) => page === name);
  const files = { ...scenario.files };
  if (html) {
    // A module that belongs to a page begins with its name.
    for (const { name: file, code } of modules) {
      const isBundled = file.endsWith(".ts");
      files[`/${/^\/\/ (\S+)/.exec(code)[1]}`] = isBundled ? await bundle(join(place, file)) : code;
    }
    files["/"] = /^<!doctype/i.test(html) ? html : `<!doctype html><html lang="en">${html}</html>`;
  } else {
    assert.equal(modules.length, 1, `page=${name} is one program`);
    const file = join(place, modules[0].name);
    files["/block.js"] = await bundle(scenario.mount ? { text: scenario.mount(file), folder: place } : file);
    files["/setup.js"] = scenario.mount ? 'await import("/block.js");' : SETUP;
    files["/"] = `<!doctype html><html lang="en"><head>${scenario.head ?? ""}${STRIPE}</head>
      <body>${scenario.body ?? ""}<button id="pay-button">Pay</button><script type="module" src="/setup.js"></script></body></html>`;
    if (scenario.mount) files["/"] = files["/"].replace(/<button.*?<\/button>/, "");
  }
  return { files, policy };
}

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

test("each page has something done to it", () => assert.deepEqual(new Set(names), new Set(Object.keys(scenarios))));

for (const name of names) {
  test(`page=${name}`, { timeout: 120_000 }, async () => {
    const scenario = scenarios[name];
    const shop = await openShop({ ...(await build(name, scenario)), endpoints: scenario.endpoints });
    const { page, complaints, close } = await openPage(browser);
    try {
      const cookies = Object.entries(scenario.cookies ?? {});
      await page.context().addCookies(cookies.map(([key, value]) => ({ name: key, value, url: shop.url })));
      await page.goto(shop.url);
      const hasSetUp = (await page.locator('script[src="/setup.js"]').count()) > 0 && !scenario.mount;
      if (hasSetUp) await page.waitForFunction(() => window.block, null, { timeout: 10_000 });
      page.setDefaultTimeout(10_000);
      await scenario.act({ page, shop });
      const expected = scenario.complaints ?? /^$/;
      assert.deepEqual(
        complaints.filter((text) => !expected.test(text)),
        [],
      );
    } catch (error) {
      // Why something never came is what the page complained of.
      if (complaints.length > 0) error.message += `\nThe page said: ${complaints.join("\n")}`;
      throw error;
    } finally {
      await close();
      await shop.close();
    }
  });
}

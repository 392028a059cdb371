// What becomes of a page whose server or policy does not let the module be loaded, with the built package.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { root } from "../../scripts/lib/run.mjs";
import { BROWSERS } from "../e2e/faults/lib/browsers.mjs";
import { launch, openPage } from "./lib/browser.mjs";
import { openShop, STRICT } from "./lib/shop.mjs";
import { launchDriver, preparedPage } from "./lib/webdriver.mjs";

const folders = { "/": join(import.meta.dirname, "loading"), "/dist/": join(root, "dist") };
const WASM = "/dist/checkout_updates.wasm";
const PLAIN = /\/dist\/no-wasm-/;
const INLINE = /\/dist\/wasm-inline-/;
const NO_WASM = "default-src 'self'";
const SCRIPT = join(folders["/"], "page.js");

/** How a browser is started, and a page opened in it: gives the shop, the page, what it complained about, what closes it. */
const ways = {
  Chromium: {
    launch,
    async open(browser, options, prepare) {
      const shop = await openShop(options);
      return { shop, ...(await openPage(browser, shop.url, prepare)) };
    },
  },
  WebKitGTK: {
    launch: () => launchDriver("WebKitGTK"),
    async open(browser, options, prepare) {
      const { page, intercept, complaints, open } = await preparedPage(browser, SCRIPT, prepare);
      const shop = await openShop({ ...options, intercept });
      await open(shop.url);
      return { shop, page, complaints, close: async () => {} };
    },
  },
};

/** Opens the page; gives what its functions give, and what the server was asked for. */
async function openIn(name, browser, test, options, prepare) {
  const { shop, page, complaints, close } = await ways[name].open(browser, { folders, ...options }, prepare);
  test.after(async () => {
    await close();
    await shop.close();
  });
  await page.waitForFunction(() => globalThis.loading);
  return {
    /** What the page was told so far. */
    complaints: async () => (typeof complaints === "function" ? complaints() : complaints),
    /** Runs one update with the entry; gives "success" or the failure's kind, applied and message. */
    update: (...given) =>
      page.evaluate(
        (all) => globalThis.loading.update(...all),
        given.filter((one) => one !== undefined),
      ),
    page,
    requests: (path = WASM) => shop.served.filter((each) => each.match(path)).length,
    updates: shop.updates,
  };
}

const unavailable = (message) => ["unavailable", "no", `checkout-updates: ${message}.`];
/** What Chromium itself writes of an answer of 400 and above, and of what a policy stopped. */
const isOwn = (line) => /^uncaught/.test(line) || !/status of 404|Content Security Policy|Failed to fetch/i.test(line);

/** WebAssembly as it was before it had JavaScript values: whatever has them does not compile. */
function forgetReferences() {
  const { Module } = WebAssembly;
  WebAssembly.Module = function (bytes) {
    if (new Uint8Array(bytes).includes(0x6f)) throw new WebAssembly.CompileError("invalid value type 0x6f");
    return new Module(bytes);
  };
}

for (const name of BROWSERS.filter((known) => known in ways)) {
  describe(`Loading the module [${name}]`, () => loadingTests(name));
}

function loadingTests(name) {
  let browser;
  before(async () => {
    browser = await ways[name].launch();
  });
  after(() => browser?.close());
  const open = (test, options = {}, prepare) => openIn(name, browser, test, options, prepare);

  const REFUSING = [
    ["a policy without 'wasm-unsafe-eval'", { policy: NO_WASM }],
    ["a browser without WebAssembly", {}, (page) => page.addInitScript("delete globalThis.WebAssembly")],
    ["a browser that is too old", {}, (page) => page.addInitScript(forgetReferences)],
  ];
  for (const [what, options, prepare] of REFUSING) {
    for (const [entry, source] of [["index"], ["slim", WASM], ["slim", "/dist/none.wasm"], ["slim"]]) {
      const named = [entry, ...(source ? [source] : [])].join(" ");
      it(`${named}: ${what} works by the chunk in plain JavaScript, and loads that alone`, async (test) => {
        const { update, updates, complaints, requests } = await open(test, options, prepare);
        assert.equal(await update(entry, source), "success");
        assert.equal(await update(entry, source), "success");
        assert.deepEqual(
          updates.map(({ body }) => body),
          Array(2).fill({ checkout_session_id: "cs_test_1", interval: "yearly" }),
        );
        assert.deepEqual([requests(PLAIN), requests(INLINE), requests(/\.wasm$/)], [1, 0, 0]);
        assert.deepEqual((await complaints()).filter(isOwn), []);
      });
    }

    const missing = "serve every file of the build, no-wasm-….js in dist/ too, each under its own name";
    for (const [entry, other] of [
      ["index", missing],
      ["slim", missing],
      ["global", "load the modules"],
    ]) {
      it(`${entry}: ${what}, and no such chunk`, async (test) => {
        const { update, updates, complaints } = await open(test, options, async (page) => {
          await prepare?.(page);
          await page.route(PLAIN, (route) => route.fulfill({ status: 404 }));
        });
        const said = `WebAssembly is refused; allow 'wasm-unsafe-eval' in Content-Security-Policy, or ${other}`;
        assert.deepEqual(await update(entry, WASM), unavailable(said));
        assert.deepEqual(updates, []);
        assert.deepEqual((await complaints()).filter(isOwn), []);
      });
    }
  }

  for (const [entry, source] of [["index"], ["slim", WASM], ["global"]]) {
    it(`${entry}: where WebAssembly works, the chunk in plain JavaScript is not loaded`, async (test) => {
      const { update, requests } = await open(test);
      assert.equal(await update(entry, source), "success");
      assert.deepEqual([requests(PLAIN), requests(INLINE)], [0, entry === "index" ? 1 : 0]);
    });
  }

  it("index: the chunk with the module is missing", async (test) => {
    const { update, complaints } = await open(test, {}, (page) =>
      page.route(INLINE, (route) => route.fulfill({ status: 404 })),
    );
    const said =
      "the chunk with the module, wasm-inline-….js in dist/, was not found; serve every file of the build, each under its own name";
    assert.deepEqual(await update("index"), unavailable(said));
    assert.deepEqual((await complaints()).filter(isOwn), []);
  });

  it("index: an import map knows it by another name, and nothing else of the package is served", async (test) => {
    const body = readFileSync(join(root, "dist", "index.js"), "utf8");
    const { update, complaints } = await open(test, {}, async (page) => {
      await page.route(/\/dist\//, (route) => route.fulfill({ status: 404 }));
      // The route that was set last is asked first.
      await page.route(/\/dist\/index-4f2a9c01\.js$/, (route) =>
        route.fulfill({ contentType: "text/javascript", body }),
      );
    });
    const said =
      "the chunk with the module, wasm-inline-….js in dist/, was not found; serve every file of the build, each under its own name";
    assert.deepEqual(await update("index-4f2a9c01"), unavailable(said));
    assert.deepEqual((await complaints()).filter(isOwn), []);
  });

  it("slim: 404, and then the file is there", async (test) => {
    const { update, page, complaints, requests } = await open(test);
    const put = (handler) => page.route(`**${WASM}`, handler, { times: 1 });
    await put((route) => route.fulfill({ status: 404, contentType: "text/html", body: "<h1>Not found</h1>" }));
    const said = "the server answered 404 for checkout_updates.wasm; check the URL passed to useWasm";
    assert.deepEqual(await update("slim", WASM), unavailable(said));
    await put((route) => route.abort());
    const lost = "checkout_updates.wasm could not be fetched; check the URL passed to useWasm";
    assert.deepEqual(await update("slim", WASM), unavailable(lost));
    assert.equal(await update("slim", WASM), "success");
    assert.equal(requests(), 1);
    assert.deepEqual(
      (await complaints()).filter(isOwn).filter((line) => !/ERR_FAILED/.test(line)),
      [],
    );
  });

  const page = "<!doctype html><title>Not found</title>";
  // An empty module, and one that wants what nobody gives it.
  const empty = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const other = [...empty, 1, 4, 1, 0x60, 0, 0, 2, 7, 1, 1, 0x61, 1, 0x62, 0, 0];
  const older = Buffer.from(readFileSync(join(root, WASM)));
  // What the module says of its build is among its texts.
  const { build } = JSON.parse(readFileSync(join(root, "build", "build.json"), "utf8"));
  older[older.indexOf(build)] ^= 1;
  const wrong = [
    ["the file of another version", "application/wasm", older],
    ["a page under the name of the file", "text/html", page],
    ["a page that is called wasm", "application/wasm", page],
    ["an empty module", "application/wasm", Buffer.from(empty)],
    ["another program's module", "application/octet-stream", Buffer.from(other)],
    ["half of the file", "application/wasm", Buffer.from(empty.slice(0, 6))],
  ];
  for (const [what, contentType, body] of wrong) {
    it(`slim: ${what}, and then the right one`, async (test) => {
      const { update, complaints } = await open(test, {}, (page) =>
        page.route(`**${WASM}`, (route) => route.fulfill({ contentType, body }), { times: 1 }),
      );
      const said = "the file is not the checkout_updates.wasm of this version; copy it from the package again";
      assert.deepEqual(await update("slim", WASM), unavailable(said));
      assert.equal(await update("slim", WASM), "success");
      assert.deepEqual(await complaints(), []);
    });
  }

  it("slim: nobody said where the file is", async (test) => {
    const { update } = await open(test);
    assert.deepEqual(await update("slim"), unavailable("call useWasm(url) first"));
    assert.equal(await update("slim", WASM), "success");
  });

  for (const [type, streams] of [
    ["application/wasm", 1],
    ["application/wasm; charset=utf-8", 0],
    ["application/octet-stream", 0],
  ]) {
    it(`slim: ${type} is ${streams ? "streamed" : "read whole, without a word"}`, async (test) => {
      const { update, page, complaints } = await open(test, { types: { ".wasm": type } }, (page) =>
        page.addInitScript(() => {
          globalThis.streamed = 0;
          const { compileStreaming } = WebAssembly;
          WebAssembly.compileStreaming = (...given) => (globalThis.streamed++, compileStreaming(...given));
        }),
      );
      assert.equal(await update("slim", WASM), "success");
      assert.equal(await page.evaluate(() => globalThis.streamed), streams);
      assert.deepEqual(await complaints(), []);
    });
  }

  for (const entry of ["index", "slim"]) {
    it(`${entry}: loaded once, however often it is asked for`, async (test) => {
      const { page, requests, updates } = await open(test);
      const outcomes = await page.evaluate(([...given]) => globalThis.loading.often(...given), [entry, WASM]);
      assert.deepEqual(outcomes, ["success", "success", "success"]);
      assert.equal(updates.length, 3);
      assert.equal(await page.evaluate(() => globalThis.compiled), 1);
      assert.equal(requests(), entry === "slim" ? 1 : 0);
    });
  }

  for (const kind of ["url", "response", "promise", "bytes", "view", "module"]) {
    it(`slim: useWasm takes a ${kind}`, async (test) => {
      const { page, complaints } = await open(test);
      const outcome = await page.evaluate(([...given]) => globalThis.loading.given(...given), [kind, WASM]);
      assert.equal(outcome, "success");
      assert.deepEqual(await complaints(), []);
    });
  }

  it("slim: a Response cannot be read again, and says so", async (test) => {
    const { page } = await open(test);
    const outcome = await page.evaluate((url) => globalThis.loading.given("used", url), WASM);
    assert.deepEqual(
      outcome,
      unavailable("the Response passed to useWasm has already been read; pass the URL instead"),
    );
  });

  // Why the engine is probed for by an instance, and not by a module.
  it("a policy without 'wasm-unsafe-eval' refuses the module or, in WebKit, the instance", async (test) => {
    const { page } = await open(test, { policy: NO_WASM });
    const refused = await page.evaluate(() => {
      const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
      let module;
      try {
        module = new WebAssembly.Module(empty);
        new WebAssembly.Instance(module);
      } catch (error) {
        return [module ? "instance" : "module", error.name];
      }
    });
    assert.deepEqual(refused, [name === "WebKitGTK" ? "instance" : "module", "CompileError"]);
  });

  it("the policy of the docs is enough", async (test) => {
    const { update, complaints } = await open(test, { policy: STRICT });
    assert.equal(await update("index"), "success");
    assert.deepEqual(await complaints(), []);
  });
}

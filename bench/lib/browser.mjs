// The system's Chromium, and a server on loopback that sends files as a shop would: compressed, and cached for good.
import { createServer } from "node:http";
import { chromium } from "@playwright/test";
import { browsers } from "../../scripts/setup/browsers.mjs";
import { brotli } from "./sizes.mjs";

const TYPES = { html: "text/html", js: "text/javascript", wasm: "application/wasm" };
const BLANK = '<!doctype html><html lang="en"><meta charset="utf-8"><title>-</title><link rel="icon" href="data:,">';

/** Starts Chromium. Collections can be forced, and memory is told to the byte. */
export async function launch() {
  const { chromium: executablePath } = await browsers();
  return chromium.launch({
    executablePath,
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
      ...["--disable-component-update", "--disable-sync", "--js-flags=--expose-gc", "--enable-precise-memory-info"],
    ],
  });
}

/** Serves files by path, and an empty page at "/". Isolated from other origins, so that clocks there are fine. */
export async function serve(files) {
  const answers = new Map(
    Object.entries({ "/": BLANK, ...files }).map(([path, content]) => {
      const type = TYPES[path === "/" ? "html" : path.split(".").at(-1)];
      const headers = {
        "content-type": type,
        "content-encoding": "br",
        "cache-control": path === "/" ? "no-store" : "public, max-age=31536000, immutable",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
      };
      return [path, { headers, body: brotli(content) }];
    }),
  );
  const server = createServer((request, response) => {
    const answer = answers.get(request.url);
    response.writeHead(answer ? 200 : 404, answer?.headers).end(answer?.body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}

/** Runs work in a page of its own at `url`, with nothing cached. */
export async function withPage(browser, url, work, { init, ...options } = {}) {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    page.on("pageerror", (error) => console.error(`  in the page: ${error.message}`));
    if (init) await page.addInitScript(init);
    await page.goto(url);
    return await work(page, context);
  } finally {
    await context.close();
  }
}

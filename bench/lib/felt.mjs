// What a customer feels: the demo's pages as they are, and with a sender in the package's place, each opened for the first
// time on a slow network and a slowed processor.
import { readdirSync, readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { extname, join } from "node:path";
import { build } from "esbuild";
import { root } from "../../scripts/lib/run.mjs";
import { withPage } from "./browser.mjs";
import { brotli } from "./sizes.mjs";
import { differences, spread } from "./stats.mjs";

/** Lighthouse's: a phone of the middle class, on what is called slow 4G. Bytes a second. */
const SLOWER = 4;
const NETWORK = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
/** A page is quiet when no task has been long for so many milliseconds. */
const QUIET = 500;

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const SENDERS = ["hand-written", "axios"];
const ENTRIES = ["index", "switch", "express"];

/** The pages, and when the first control of each responds: Pay; and the choice of faults, which has its list by then. */
const PAGES = {
  demo: { path: "/", responds: "#pay:enabled" },
  lab: { path: "/lab/", responds: "#fault option" },
};

function filesOf(folder, mount) {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter(
    (name) => TYPES[extname(name)] && !/^no-wasm/.test(name),
  );
  return Object.fromEntries(names.map((name) => [`${mount}/${name}`, readFileSync(join(root, folder, name))]));
}

/** The module that is served for each entry of the package to a page that does without. */
async function without(sender) {
  const { outputFiles } = await build({
    entryPoints: [join(root, "bench", "felt", "without.js")],
    alias: { peer: join(root, "bench", "peers", `${sender}.js`) },
    ...{ bundle: true, minify: true, format: "esm", target: "es2021", write: false, logLevel: "error" },
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return outputFiles[0].text;
}

/** What each variant of the pages is served, by path. */
async function variants() {
  const all = { ...filesOf("www", ""), ...filesOf("dist", "/dist") };
  for (const path of Object.keys(all).filter((path) => path.endsWith("/index.html"))) {
    all[path.slice(0, -"index.html".length)] = all[path];
  }
  const others = SENDERS.map(async (sender) => {
    const [index, ...more] = ENTRIES.map((name) => `/dist/${name}.js`);
    const again = 'export * from "./index.js";';
    const own = { [index]: await without(sender), ...Object.fromEntries(more.map((path) => [path, again])) };
    return [sender, { ...all, ...own }];
  });
  return { ...Object.fromEntries(await Promise.all(others)), ".": all };
}

/** Serves files compressed, and has the demo's server answer the rest. */
async function front(files, demo) {
  const bodies = new Map(Object.entries(files).map(([path, content]) => [path, brotli(content)]));
  const server = createServer((incoming, outgoing) => {
    const { pathname } = new URL(incoming.url, demo);
    const body = bodies.get(pathname);
    if (body) {
      const type = TYPES[extname(pathname) || ".html"];
      return outgoing.writeHead(200, { "content-type": type, "content-encoding": "br" }).end(body);
    }
    const { method, headers } = incoming;
    const passed = request(new URL(incoming.url, demo), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}

/** In the page, before its own scripts: keeps the long tasks, when a control responds, and when the module is there. */
function watch(responds) {
  const felt = (globalThis.felt = { tasks: [] });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) felt.tasks.push([startTime, startTime + duration]);
  }).observe({ type: "longtask", buffered: true });
  new MutationObserver((_, observer) => {
    if (!document.querySelector(responds)) return;
    felt.responds = performance.now();
    observer.disconnect();
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["disabled"] });
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(target, [module, imports]) {
      const instance = Reflect.construct(target, [module, imports]);
      // Without imports it is the package's check whether WebAssembly is allowed.
      if (imports) performance.mark("sender");
      return instance;
    },
  });
}

/** In the page, once it is quiet: milliseconds from the start of the navigation. */
function read(quiet) {
  const { tasks, responds } = globalThis.felt;
  const [sender] = performance.getEntriesByName("sender");
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  const stripe = performance.getEntriesByType("resource").find(({ name }) => name.endsWith("/dist/testing.js"));
  const after = tasks.filter(([, end]) => end > paint.startTime);
  let interactive = Math.max(responds, paint.startTime);
  for (const [start, end] of tasks) if (start < interactive + quiet) interactive = Math.max(interactive, end);
  const blocked = after
    .filter(([start]) => start < interactive)
    .reduce((sum, [start, end]) => sum + end - start - 50, 0);
  return {
    paint: paint.startTime,
    stripe: stripe.responseEnd,
    sender: sender.startTime,
    interactive,
    blocked,
  };
}

/** Whether the page can be read: all is there, and no task has been long for a while. */
function isOver(quiet) {
  const { tasks, responds } = globalThis.felt;
  const last = Math.max(responds ?? Infinity, tasks.at(-1)?.[1] ?? 0);
  return performance.getEntriesByName("sender").length > 0 && performance.now() > last + 2 * quiet;
}

async function visit(browser, url, { path, responds }) {
  return withPage(browser, "about:blank", async (page, context) => {
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", NETWORK);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
    await page.addInitScript(watch, responds);
    await page.goto(url + path);
    await page.waitForFunction(isOver, QUIET, { polling: 100 });
    return page.evaluate(read, QUIET);
  });
}

/** By page and by what sends: what is read of each visit; and how much later it is than with the hand-written sender. */
export async function measureFelt(browser, demo, rounds) {
  const fronts = Object.entries(await variants()).map(async ([name, files]) => [name, await front(files, demo)]);
  const opened = Object.fromEntries(await Promise.all(fronts));
  const rows = {};
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [page, settings] of Object.entries(PAGES)) {
        for (const [name, { url }] of Object.entries(opened)) {
          for (const [what, ms] of Object.entries(await visit(browser, url, settings))) {
            (((rows[page] ??= {})[name] ??= {})[what] ??= []).push(ms);
          }
        }
      }
    }
  } finally {
    await Promise.all(Object.values(opened).map(({ close }) => close()));
  }
  return mapped(rows, (senders) => ({
    senders: mapped(senders, (read) => mapped(read, spread)),
    later: mapped(senders["."], (values, what) => differences(values, senders["hand-written"][what])),
  }));
}

const mapped = (record, change) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));

// Many updates in a row, and what they leave behind.
import { withPage } from "./browser.mjs";

/** Before any script of the page: sees the module's memory, and counts the timers that are not over. */
function watch() {
  const { Instance } = WebAssembly;
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, given) {
      const instance = new target(...given);
      globalThis.moduleMemory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
      return instance;
    },
  });
  const timers = new Set();
  const { setTimeout, clearTimeout } = globalThis;
  globalThis.setTimeout = (work, ...rest) => {
    const timer = setTimeout((...given) => (timers.delete(timer), work(...given)), ...rest);
    timers.add(timer);
    return timer;
  };
  globalThis.clearTimeout = (timer) => (timers.delete(timer), clearTimeout(timer));
  globalThis.timersLeft = () => timers.size;
}

/** After a forced collection. */
async function state(page, session) {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { metrics } = await session.send("Performance.getMetrics");
  const own = await page.evaluate(() => ({
    wasm: moduleMemory.buffer.byteLength,
    timers: timersLeft(),
    entries: performance.getEntriesByType("measure").length + performance.getEntriesByType("mark").length,
  }));
  return { heap: usedSize, listeners: metrics.find(({ name }) => name === "JSEventListeners").value, ...own };
}

const updateOften = (page, count) =>
  page.evaluate(async (count) => {
    for (let i = 0; i < count; i++) {
      await bench.ways.run(i & 1 ? "monthly" : "yearly");
      // A task now and then, as there is between any two clicks: in one, the engine tells of what it has collected.
      if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve));
    }
  }, count);

/** What there is when the module is loaded, after the first 1,000 updates, after all, and once disposed. */
export const measureSoak = (browser, url, count) =>
  withPage(
    browser,
    url,
    async (page, context) => {
      const session = await context.newCDPSession(page);
      await session.send("Performance.enable");
      await page.evaluate(async () => {
        const { instantStripe, answerAtOnce, waysToUpdate } = await import("/in-page.js");
        answerAtOnce();
        globalThis.bench = await waysToUpdate(instantStripe("cs_test_bench"), { ours: "/default/page.js" });
      });
      const states = { loaded: await state(page, session) };
      await updateOften(page, 1_000);
      states.after1000 = await state(page, session);
      await updateOften(page, count - 1_000);
      states.afterAll = await state(page, session);
      await page.evaluate(() => bench.updates.dispose());
      states.disposed = await state(page, session);
      return states;
    },
    { init: watch },
  );

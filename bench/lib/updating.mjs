// What one update costs beside the hand-written way: with a `fetch` that answers at once, and against the demo server.
import { withPage } from "./browser.mjs";

/** What is timed: the package, and these beside it. */
const files = (...others) => ({
  ours: "/default/page.js",
  others: Object.fromEntries(others.map((name) => [name, `/${name}/page.js`])),
});

/** Milliseconds for one update whose `fetch` answers at once. */
export const measureInstant = (browser, url, rounds) =>
  withPage(browser, url, (page) =>
    page.evaluate(
      async ({ files, rounds }) => {
        const { instantStripe, answerAtOnce, waysToUpdate, timeByTurns } = await import("/in-page.js");
        answerAtOnce();
        const { ways } = await waysToUpdate(instantStripe("cs_test_bench"), files);
        return timeByTurns(ways, { rounds, batch: 200, warmUp: 5 });
      },
      { files: files("hand-written", "floor-plain", "floor-flags"), rounds },
    ),
  );

/** Milliseconds for one update of a real session of the demo server, over loopback. */
export const measureLoopback = (browser, url, rounds) =>
  withPage(browser, url, (page) =>
    page.evaluate(
      async ({ files, rounds }) => {
        const { instantStripe, waysToUpdate, timeByTurns } = await import("/in-page.js");
        const answer = await fetch("/create-checkout-session", { method: "POST" });
        const [id] = (await answer.json()).clientSecret.split("_secret_");
        // Each way with a key: the server has more to do where there is one.
        const { fetch: send } = globalThis;
        globalThis.fetch = (url, init) => {
          const headers = new Headers(init.headers);
          if (!headers.has("idempotency-key")) headers.set("idempotency-key", crypto.randomUUID());
          return send(url, { ...init, headers });
        };
        const { ways } = await waysToUpdate(instantStripe(id), files);
        return timeByTurns(ways, { rounds, batch: 10, warmUp: 2 });
      },
      { files: files("hand-written"), rounds },
    ),
  );

import { each, framed } from "../lib/rule.js";

export const title = "3.2 and 3.3 What other scripts of a page do to requests and clocks";

const yearly = { interval: "yearly" };

// Each rule changes the platform, so each has a page of its own.
const alone = (check) => framed({}, check);

// Node lists the rules, too, and runs none.
const own = (...given) => fetched(...given);
const fetched = globalThis.fetch;

const valueOf = (headers, name) => headers.find(([its]) => its.toLowerCase() === name)?.[1];

/** How wrappers on real pages pass on what they were given. */
const WRAPPERS = [
  [
    "spreads",
    (url, init = {}) => own(url, { ...init, headers: { ...init.headers, "x-requested-with": "XMLHttpRequest" } }),
  ],
  [
    "assigns",
    (url, init) => {
      init.headers["x-requested-with"] = "XMLHttpRequest";
      return own(url, init);
    },
  ],
  [
    "copies",
    (url, init) =>
      own(url, { ...init, headers: Object.assign({ "x-requested-with": "XMLHttpRequest" }, init.headers) }),
  ],
  [
    "walks",
    (url, init) => {
      const headers = { "x-requested-with": "XMLHttpRequest" };
      for (const name in init.headers) headers[name] = init.headers[name];
      return own(url, { ...init, headers });
    },
  ],
];

/** What a wrapper does with a body before it passes the answer on. */
const TAKEN = [
  ["reads", (response) => response.text()],
  ["cancels", (response) => response.body.cancel()],
];

/** What a script puts in the place of the wall clock. */
const CLOCKS = [
  ["not a number", () => NaN],
  ["a text", () => "now"],
  ["a BigInt", () => 1n],
];

/** An update whose server never answers ends at its deadline. */
async function endsAtItsDeadline(t, change) {
  const { url } = t.fault("silent");
  const updates = await t.updates({ url, endpointOptions: { timeoutMs: 300 } });
  change();
  const called = t.rejection(updates.request("changeInterval", yearly)());
  return { updates, called };
}

export const rules = {
  ...each(
    WRAPPERS,
    ([what]) => `a wrapper of fetch that ${what} headers passes all of them on`,
    async (t, [, wrapper]) => {
      const { key, url } = t.fault("success");
      globalThis.fetch = wrapper;
      const updates = await t.updates({ url, csrf: { header: "X-CSRF-Token", token: () => "t1" } });
      t.equal((await updates.request("changeInterval", yearly)()).status, 200);
      globalThis.fetch = fetched;
      const [{ headers }] = await t.received(key);
      t.same(
        ["content-type", "x-csrf-token", "x-requested-with"].map((name) => valueOf(headers, name)),
        ["application/json", "t1", "XMLHttpRequest"],
      );
      t.match(valueOf(headers, "idempotency-key"), /^[0-9a-f-]{32,36}$/);
    },
    alone,
  ),
  ...each(
    TAKEN,
    ([what]) => `a body that a wrapper ${what} is no yes`,
    async (t, [, take]) => {
      const { url } = t.fault("success");
      globalThis.fetch = async (...given) => {
        const response = await own(...given);
        await take(response);
        return response;
      };
      const updates = await t.updates({ url });
      const { kind, applied } = await t.rejection(updates.request("changeInterval", yearly)());
      t.same([kind, applied], ["bad_response", "unknown"]);
    },
    alone,
  ),
  "a member that a page has given to every object decides nothing": alone(async (t) => {
    const { url } = t.fault(`answer?code=200&body=${encodeURIComponent('{"a":1}')}`);
    const updates = await t.updates({ url });
    Object.prototype.errors = function () {};
    const { status } = await updates.request("changeInterval", yearly)();
    delete Object.prototype.errors;
    t.equal(status, 200);
  }),
  ...each(
    CLOCKS,
    ([what]) => `the deadline holds where the wall clock gives ${what}`,
    async (t, [, clock]) => {
      const { now } = Date;
      const { called } = await endsAtItsDeadline(t, () => (Date.now = clock));
      t.equal((await called).kind, "timeout");
      Date.now = now;
    },
    alone,
  ),
  "the deadline holds where a script clears every timer": alone(async (t) => {
    const { updates, called } = await endsAtItsDeadline(t, () => {});
    const survived = new Promise((resolve) => AbortSignal.timeout(600).addEventListener("abort", () => resolve(true)));
    let id = setTimeout(() => {}, 0);
    while (id--) clearTimeout(id);
    // WebKit clears the timers of signals, too: there the deadline is looked at with the next event of the page.
    const waited = new Promise((resolve) => setTimeout(resolve, 900, false));
    if (!(await Promise.race([survived, waited]))) dispatchEvent(new Event("online"));
    t.same([(await called).kind, updates.isPending()], ["timeout", false]);
    // A later update is not hurt by the earlier loss.
    t.equal((await t.rejection(updates.request("changeInterval", yearly)())).kind, "timeout");
  }),
};

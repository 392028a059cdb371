// What a rule works with: the built package, servers, Stripe.js' stand-in and checks.
import * as assert from "./assert.js";
import { shopOf } from "./shop.js";

let keys = 0;

export async function createKit(parameters) {
  const dist = `/${parameters.get("dist") ?? "dist"}`;
  const module = (name) => import(`${dist}/${name}.js`);
  const testing = await module("testing");
  const opened = [];
  // Where the policy forbids WebAssembly, the browser says so, and the engine is the one in plain JavaScript.
  const plain = parameters.get("policy") === "no-wasm";
  const allowed = plain ? [/^policy: script-src$/] : [];
  const page = parameters.get("number");

  /** Remembers an object so that it is disposed at the end. */
  const keep = (updates) => {
    opened.push(updates);
    return updates;
  };

  const question = async (path, filter) => {
    const response = await fetch(`${path}?${new URLSearchParams(filter)}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };

  /** What makes the module trap: `now` by an entry of its own, `next` where it next looks at a clock. */
  const trapper = async () => {
    const { trap, plainTrap } = await module("trap");
    const now = plain ? await plainTrap() : trap;
    const next = (clock = performance) => {
      const { now: own } = clock;
      clock.now = () => {
        if (!(plain ? /\/no-wasm-/ : /wasm/).test(new Error("who asks").stack)) return own.call(clock);
        clock.now = own;
        return now();
      };
    };
    return { now, next };
  };

  return {
    ...assert,
    clock: globalThis.clock,
    rest: globalThis.rest,
    plain,
    parameters,
    testing,
    module,
    keep,
    SESSION: "cs_test_contract",

    /** A URL at which the fault server behaves as `path` says, and the key that it records requests by. */
    fault(path) {
      keys += 1;
      const key = `rule-${page}-${keys}`;
      const [name, query = ""] = path.split("?");
      return { key, url: `/fault/${name}?${query}${query && "&"}id=${key}` };
    },
    /** What the fault server received. */
    recorded: async (key) => (await question("/recorded", { key })).requests,
    /** The same, once there is so much of it. */
    received: async (key, count = 1, left = 0) => (await question("/recorded/wait", { key, count, left })).requests,
    ports: () => question("/ports", {}),

    /** The package, with `changeInterval` declared at a URL. */
    async updates({ url = "/update", rules, endpointOptions = {}, ...options } = {}) {
      const { createUpdates, endpoint, oneOf } = await module("index");
      const interval = oneOf("monthly", "yearly");
      const updates = createUpdates({
        session: () => "cs_test_contract",
        endpoints: { changeInterval: endpoint(url, rules ?? { interval }, endpointOptions) },
        ...options,
      });
      await updates.ready;
      return keep(updates);
    },

    /** A server in the page that answers each request when it is told to. */
    shop: (...paths) => shopOf(testing, paths.length ? paths : ["/update"]),

    /** Stripe.js' stand-in as a page holds it: `version` is that of stripe-js, or "react" for what its hook gives. */
    async stripe({ version = 10, session = {}, ...settings } = {}) {
      const major = version === "react" ? 10 : version;
      const stripe = testing.createFakeStripe({
        version: major,
        session: { id: "cs_test_contract", ...session },
        // A page of `?failures=result` or `reject` is one whose Stripe.js ends an update so, unless a rule asks otherwise.
        failures: parameters.get("failures") ?? undefined,
        ...settings,
      });
      const given = { clientSecret: "cs_test_contract_secret_x" };
      const { fake } = stripe;
      if (major < 8) return { fake, actions: await stripe.initCheckout(given) };
      const { on, loadActions, ...sdk } = stripe.initCheckoutElementsSdk(given);
      void on;
      const { actions } = await loadActions();
      if (version !== "react") return { fake, actions };
      const { getSession, ...others } = actions;
      return { fake, actions: { ...getSession(), ...sdk, ...others } };
    },

    trapper,
    /** Makes the module trap in the midst of what it does next: there, where it looks at this clock. */
    trapNext: async (clock) => (await trapper()).next(clock),

    /** The rule is about something that the page is told: what matches may be. */
    allow: (pattern) => void allowed.push(pattern),

    /** Ends what the rule opened. */
    end() {
      for (const updates of opened) updates.dispose();
    },

    /** Nothing was said but what the rule allows, and nothing stays in the page's records. */
    quiet() {
      const unasked = notes.filter((note) => !allowed.some((pattern) => pattern.test(note)));
      assert.same(unasked, [], "what the page was told");
      assert.same(performance.getEntriesByType("measure"), [], "performance entries");
    },
  };
}

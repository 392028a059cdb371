import { each } from "../lib/rule.js";

export const title = "3.1 Only the session id and the declared intent leave the page";

const SECRET = "cs_test_a1B2_secret_fidwbEhqYWAnPydmcHZxamgneHgl";
const STRIPE_KEY = "sk_live_4eC39HqLyjWDarjtT1zdp7dc";

/** Everything that an error shows, and that somebody may log. */
const shown = (error) =>
  [
    error.message,
    error.detail,
    error.stack,
    String(error),
    JSON.stringify(error),
    JSON.stringify({ ...error }),
    error.toString(),
  ].join("\n");

/** Calls a function and expects an error of this kind: nothing was sent, and no value is shown. */
async function refuses(t, update, kind, values, message) {
  const before = t.requests();
  const error = await t.rejection(update(), message);
  t.equal(error.kind, kind, message);
  t.equal(error.applied, "no", message);
  t.equal(error.attempts, 0, message);
  t.equal(update.failure, error, message);
  for (const value of values) t.ok(!shown(error).includes(value), `${message}: shows ${value}`);
  await t.rest();
  t.equal(t.requests(), before, `${message}: requests`);
  return error;
}

/** Updates at an endpoint with these rules, whose requests are counted. */
async function counting(t, make, options = {}) {
  const declared = await t.module("index");
  const shop = t.shop();
  const updates = await t.updates({ rules: make(declared), ...options });
  return { updates, t: { ...t, requests: () => shop.requests.length }, shop };
}

const interval = ({ oneOf }) => ({ interval: oneOf("monthly", "yearly") });

/** An intent that shows "yearly" first and something else later. */
const fickle = {
  "a getter is read once": (seen) => ({
    get interval() {
      return seen.push("get") === 1 ? "yearly" : "monthly";
    },
  }),
  "a Proxy is read once": (seen) =>
    new Proxy({ interval: "monthly" }, { get: () => (seen.push("get") === 1 ? "yearly" : "monthly") }),
};

const readOnce = Object.fromEntries(
  Object.entries(fickle).map(([name, make]) => [
    name,
    async (t) => {
      const { key, url } = t.fault("success");
      const updates = await t.updates({ url });
      const seen = [];
      const update = updates.request("changeInterval", make(seen));
      await update();
      await update();
      t.equal(seen.length, 1, "reads");
      const [first, second] = await t.received(key, 2);
      t.equal(first.body, '{"checkout_session_id":"cs_test_contract","interval":"yearly"}');
      t.equal(second.body, first.body);
    },
  ]),
);

/** Rule, value, the part of the value that must not be shown. */
const OUTSIDE = [
  ["oneOf", "weekly-marker", "weekly-marker"],
  ["oneOf", "", null],
  ["oneOf", "Yearly", null],
  ["oneOf", ["yearly"], null],
  ["oneOf", { toString: () => "yearly" }, null],
  ["oneOf", null, null],
  ["oneOf", true, null],
  ["identifier", "", null],
  ["identifier", "li marker", "li marker"],
  ["identifier", "xi_marker", "xi_marker"],
  ["identifier", "li_../marker", "marker"],
  ["identifier", "li_märker", "märker"],
  ["identifier", `li_${"m".repeat(253)}`, "mmmm"],
  ["identifier", "li_1_secret_marker", "marker"],
  ["identifier", 7, null],
  ["anyIdentifier", STRIPE_KEY, STRIPE_KEY],
  ["anyIdentifier", "rk_test_marker", "rk_test_marker"],
  ["anyIdentifier", "whsec_marker", "whsec_marker"],
  ["anyIdentifier", SECRET, SECRET],
  ["integer", 11, null],
  ["integer", -1, null],
  ["integer", 1.5, "1.5"],
  ["integer", Number.NaN, "NaN"],
  ["integer", Number.POSITIVE_INFINITY, "Infinity"],
  ["integer", "1", null],
  ["integer", 1n, null],
  ["integer", Object(1), null],
  ["flag", "true", null],
  ["flag", 1, null],
  ["flag", null, null],
  ["flag", Object(true), null],
  ["flag", () => true, null],
  ["flag", Symbol("marker"), "marker"],
  ["text", "", null],
  ["text", "a\nmarker", "marker"],
  ["text", "mmmmmmmmm", "mmmm"],
  ["text", "\ud800", null],
  ["text", " sk_mark", "sk_mark"],
  ["text", 7, null],
  ["address", "marker", "marker"],
  ["address", true, null],
  ["address", null, null],
];

const RECIPIENT = { name: "Ada", address: { line1: "1 Main St", country: "US" } };

const RULES = {
  oneOf: ({ oneOf }) => oneOf("monthly", "yearly"),
  identifier: ({ identifier }) => identifier("li_"),
  anyIdentifier: ({ identifier }) => identifier(),
  integer: ({ integer }) => integer(0, 10),
  flag: ({ flag }) => flag(),
  text: ({ text }) => text(8),
  address: ({ address }) => address(),
};

const INSIDE = [
  ["oneOf", "monthly"],
  ["identifier", `li_${"m".repeat(252)}`],
  ["identifier", "li_a-Z_9"],
  ["anyIdentifier", "a"],
  ["integer", 0],
  ["integer", 10],
  ["flag", false],
  ["text", "NOËL 20 "],
  ["address", RECIPIENT],
];

const nested = {
  "an address that is part of itself names a field, and is read to an end": async (t) => {
    const it = await counting(t, ({ address }) => ({ to: address() }));
    const to = { ...RECIPIENT, name: "marker" };
    to.address = to;
    const update = it.updates.request("changeInterval", { to });
    const error = await refuses(it.t, update, "invalid_intent", ["marker"], "a part of itself");
    t.match(error.field, /^to\.address\./);
  },
  "an address is read when the function is made": async (t) => {
    const it = await counting(t, ({ address }) => ({ to: address() }));
    const to = structuredClone(RECIPIENT);
    const update = it.updates.request("changeInterval", { to });
    to.address.line1 = "2 Side St";
    const sent = update();
    const request = await it.shop.next();
    t.same(request.body.to, RECIPIENT);
    request.answer();
    await sent;
  },
};

const outside = each(
  Object.keys(RULES).map((rule) => ({ rule })),
  ({ rule }) => `a value outside ${rule} names the field and is never shown`,
  async (t, { rule }) => {
    const it = await counting(t, (declared) => ({ chosen: RULES[rule](declared) }));
    for (const [, value, marker] of OUTSIDE.filter(([of]) => of === rule)) {
      const update = it.updates.request("changeInterval", { chosen: value });
      const message = typeof value === "object" ? JSON.stringify(value) : String(value);
      const error = await refuses(it.t, update, "invalid_intent", marker ? [marker] : [], message);
      t.equal(error.field, "chosen", message);
      t.match(error.detail, /"chosen"/, message);
    }
    for (const [, value] of INSIDE.filter(([of]) => of === rule)) {
      const sent = it.updates.request("changeInterval", { chosen: value })();
      const request = await it.shop.next();
      t.same(request.body, { checkout_session_id: t.SESSION, chosen: value });
      request.answer();
      await sent;
    }
  },
);

const SESSIONS = [
  ["a client secret", SECRET, /client secret/],
  ["a payment intent", "pi_3MtwBwLkdIwHu7ixMARKER", /PaymentIntent/],
  ["a payment intent's secret", "pi_3Mtw_secret_MARKER", /client secret/],
  ["a secret key", STRIPE_KEY, /API key/],
  ["a publishable key", "pk_live_MARKER", /API key/],
  ["an empty text", "", /empty/],
  ["another id", "seti_1MARKER", /cs_test_/],
  ["a part of an id", "cs_test_", /cs_test_/],
  ["an id with a path", "cs_test_a1/../MARKER", /cs_test_/],
  ["an id with a line break", "cs_test_MARKER\n", /cs_test_/],
  ["a number", 7, /string/],
  ["null", null, /string/],
  ["nothing", undefined, /no session id/],
  ["an object", { id: "cs_test_MARKER" }, /string/],
  ["a session", { toString: () => "cs_test_MARKER" }, /string/],
];

const sessions = each(
  SESSIONS,
  ([what]) => `invalid_session says what was probably passed: ${what}`,
  async (t, [, value, hint]) => {
    const it = await counting(t, interval, { session: () => value });
    const values = [SECRET, STRIPE_KEY, "MARKER"];
    const update = it.updates.request("changeInterval", { interval: "yearly" });
    const error = await refuses(it.t, update, "invalid_session", values, "request");
    t.match(error.detail, hint);
    // For `run` it is then that of the actions.
    if (value === undefined) return;
    const { actions, fake } = await t.stripe();
    const outcome = await it.updates.run(actions, "changeInterval", { interval: "yearly" });
    t.equal(outcome.error?.kind, "invalid_session", "run");
    t.match(outcome.error.detail, hint, "run");
    t.equal(fake.updates.length, 0, "Stripe.js is not called");
  },
);

export const rules = {
  ...readOnce,
  "toJSON is not asked": async (t) => {
    const { key, url } = t.fault("success");
    const updates = await t.updates({ url });
    class Choice {
      interval = "yearly";
      toJSON() {
        return { interval: "monthly", amount: 1 };
      }
    }
    await updates.request("changeInterval", new Choice())();
    const [request] = await t.received(key);
    t.equal(request.body, '{"checkout_session_id":"cs_test_contract","interval":"yearly"}');
  },
  "only own enumerable properties are fields": async (t) => {
    const it = await counting(t, interval);
    const hidden = Object.defineProperty({}, "interval", { value: "yearly", enumerable: false });
    for (const intent of [Object.create({ interval: "yearly" }), hidden, null, undefined, 7]) {
      const update = it.updates.request("changeInterval", intent);
      const error = await refuses(it.t, update, "invalid_intent", ["yearly"], String(intent));
      t.equal(error.field, "interval");
    }
  },
  "symbol keys are ignored": async (t) => {
    const { key, url } = t.fault("success");
    const updates = await t.updates({ url });
    await updates.request("changeInterval", { interval: "yearly", [Symbol("extra")]: "x" })();
    const [request] = await t.received(key);
    t.equal(request.body, '{"checkout_session_id":"cs_test_contract","interval":"yearly"}');
  },
  "the intent is read when the function is made": async (t) => {
    const { key, url } = t.fault("success");
    const updates = await t.updates({ url });
    const intent = { interval: "yearly" };
    const update = updates.request("changeInterval", intent);
    intent.interval = "monthly";
    await update();
    const [request] = await t.received(key);
    t.equal(request.body, '{"checkout_session_id":"cs_test_contract","interval":"yearly"}');
  },
  "an undeclared field is named and nothing of it is read": async (t) => {
    const it = await counting(t, interval);
    const intent = {
      interval: "yearly",
      get amount() {
        throw new Error("read");
      },
    };
    const update = it.updates.request("changeInterval", intent);
    const error = await refuses(it.t, update, "invalid_intent", ["yearly"], "undeclared");
    t.equal(error.field, "amount");
    t.match(error.detail, /"amount"/);
    t.equal("cause" in error, false);
  },
  "a missing field is named": async (t) => {
    const it = await counting(t, ({ oneOf, flag }) => ({ interval: oneOf("yearly"), gift: flag() }));
    const update = it.updates.request("changeInterval", { interval: "yearly" });
    const error = await refuses(it.t, update, "invalid_intent", ["yearly"], "missing");
    t.equal(error.field, "gift");
    t.match(error.detail, /"gift"/);
  },
  ...outside,
  ...nested,
  "a getter that throws is named, and what it threw is the cause": async (t) => {
    const it = await counting(t, interval);
    const cause = new Error("MARKER");
    const intent = {
      get interval() {
        throw cause;
      },
    };
    const update = it.updates.request("changeInterval", intent);
    const error = await refuses(it.t, update, "invalid_intent", ["MARKER"], "getter");
    t.equal(error.field, "interval");
    t.equal(error.cause, cause);
  },
  "a Proxy that shows no keys is named by its first field": async (t) => {
    const it = await counting(t, interval);
    const cause = new Error("MARKER");
    const intent = new Proxy(
      {},
      {
        ownKeys() {
          throw cause;
        },
      },
    );
    const update = it.updates.request("changeInterval", intent);
    const error = await refuses(it.t, update, "invalid_intent", ["MARKER"], "proxy");
    t.equal(error.field, "interval");
    t.equal(error.cause, cause);
  },
  ...sessions,
  "the body is the session field and the declared fields in declared order, byte for byte": async (t) => {
    const { key, url } = t.fault("success");
    const { oneOf, identifier, integer, flag } = await t.module("index");
    const odd = 'ü "\\\u2028\u0001</script>🎁';
    const updates = await t.updates({
      url,
      rules: {
        b: oneOf("x", odd),
        "a b": identifier(),
        2: flag(),
        n: integer(-5, Number.MAX_SAFE_INTEGER),
        gone: flag().optional(),
      },
    });
    await updates.request("changeInterval", { n: -5, "a b": "-_Z9", gone: undefined, b: odd, 2: false })();
    await updates.request("changeInterval", { b: "x", gone: true, n: Number.MAX_SAFE_INTEGER, "a b": "z", 2: true })();
    const [first, second] = await t.received(key, 2);
    const id = { checkout_session_id: t.SESSION };
    // JavaScript itself puts keys that are numbers first: declared order is the order of the declaration's keys.
    const expected = [
      { 2: false, b: odd, "a b": "-_Z9", n: -5 },
      { 2: true, b: "x", "a b": "z", n: Number.MAX_SAFE_INTEGER, gone: true },
    ].map((fields) => `${JSON.stringify(id).slice(0, -1)},${JSON.stringify(fields).slice(1)}`);
    t.equal(first.body, expected[0]);
    t.equal(second.body, expected[1]);
  },
  "an intent without fields is the session alone": async (t) => {
    const { key, url } = t.fault("success");
    const updates = await t.updates({ url, rules: {} });
    await updates.request("changeInterval", {})();
    const [request] = await t.received(key);
    t.equal(request.body, '{"checkout_session_id":"cs_test_contract"}');
  },
  "sessionField names the session's field": async (t) => {
    const { key, url } = t.fault("success");
    const updates = await t.updates({ url, sessionField: 'my "session"' });
    await updates.request("changeInterval", { interval: "yearly" })();
    const [request] = await t.received(key);
    t.equal(request.body, '{"my \\"session\\"":"cs_test_contract","interval":"yearly"}');
  },
  "sessionField may not be a field": async (t) => {
    const { createUpdates, endpoint, flag } = await t.module("index");
    const endpoints = { gift: endpoint("/gift", { session: flag() }) };
    const error = t.thrown(() => createUpdates({ endpoints, sessionField: "session" }), TypeError);
    t.match(error.message, /sessionField/);
  },
  "an open field with the name of money is refused, a closed choice is not": async (t) => {
    const { endpoint, identifier, integer, oneOf, flag } = await t.module("index");
    for (const name of [
      "price",
      "unit_amount",
      "unitAmount",
      "UNIT-AMOUNT",
      "line_items",
      "client_secret",
      "metadata",
    ]) {
      for (const rule of [identifier(), integer(0, 9)]) {
        t.match(t.thrown(() => endpoint("/x", { [name]: rule }), TypeError, name).message, new RegExp(`"${name}"`));
      }
      endpoint("/x", { [name]: oneOf("a"), [`${name}_2`]: flag() });
    }
    endpoint("/x", { quantity: integer(0, 9), product_id: identifier(), price_tag: identifier() });
  },
};

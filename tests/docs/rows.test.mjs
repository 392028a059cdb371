// Each row of the tables in docs/run.md, docs/failures.md and docs/stripe-js.md, met with the built package, in Node.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeEach, mock, test } from "node:test";
import { CheckoutUpdateError, createUpdates, endpoint, identifier, oneOf } from "checkout-updates";
import { createFakeServer, createFakeStripe, respond } from "checkout-updates/testing";
import { root, tablesOf } from "./lib/blocks.mjs";

const PATH = "/change-subscription-interval";
const YEARLY = { interval: "yearly" };
const never = () => new Promise(() => {});
const broken = () => {
  throw new Error("the connection broke");
};

let server;
let answer;
let updates;

const create = (more = {}, options = {}) => {
  updates = createUpdates({
    endpoints: {
      changeInterval: endpoint(PATH, { interval: oneOf("monthly", "yearly") }, options),
      addService: endpoint(PATH, { product_id: identifier() }),
    },
    ...more,
  });
  return updates;
};

beforeEach(async () => {
  answer = () => ({ type: "success" });
  server = createFakeServer({ [PATH]: (body) => answer(body) });
  // The module is loaded in real time; what follows has a clock of its own.
  await create().ready;
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
});
afterEach(() => {
  updates.dispose();
  server.close();
  mock.timers.reset();
});

const tasks = async () => {
  for (let count = 0; count < 20; count++) await new Promise(setImmediate);
};

/** Lets time pass, a little at a time, so that whatever is due in between happens. */
async function pass(ms) {
  for (let left = ms; left > 0; left -= 500) {
    mock.timers.tick(Math.min(left, 500));
    await tasks();
  }
}

/** What a promise came to after so much time, but not a moment earlier. */
async function after(ms, promise) {
  let settled = false;
  promise.finally(() => (settled = true)).catch(() => {});
  await tasks();
  if (ms > 0) {
    await pass(ms - 1);
    assert.equal(settled, false, "settled too early");
    // The deadline lets one task through first.
    await pass(1);
    await pass(1);
  } else {
    // An attempt without an answer is judged one task later: the customer may be leaving.
    await pass(1);
  }
  assert.equal(settled, true, "settled too late");
  return promise;
}

async function open(settings = {}, { version = 10 } = {}) {
  const stripe = createFakeStripe({ ...settings, version, timers: globalThis });
  const { actions } = await stripe.initCheckoutElementsSdk({ clientSecret: "cs_test_1_secret_2" }).loadActions();
  return { stripe, actions, fake: stripe.fake };
}

const run = ({ actions }, intent = YEARLY, name = "changeInterval") => updates.run(actions, name, intent);

/** The error of an outcome, by kind and applied; then what `run` began by itself is let go. */
function failed(outcome, kind, applied) {
  assert.equal(outcome.type, kind === "cancelled" ? "cancelled" : "error");
  assert.deepEqual([outcome.error.kind, outcome.error.applied], [kind, applied]);
  assert.ok(outcome.error instanceof CheckoutUpdateError);
  return outcome.error;
}

/** What a program in `rows/` prints: it has a module of its own. */
function apart(name) {
  const file = join(root, "tests", "docs", "rows", `${name}.mjs`);
  return JSON.parse(execFileSync(process.execPath, [file], { encoding: "utf8" }));
}

const refused = () => respond(400, { type: "error", message: "It is sold out." });

// docs/run.md: what Stripe.js does, what the function saw.
const sides = {
  "success | succeeded": async () => {
    const it = await open();
    const outcome = await after(0, run(it));
    assert.equal(outcome.type, "success");
    assert.equal(outcome.session.id, "cs_test_1");
    assert.deepEqual(outcome.body, { type: "success" });
  },
  "success, error or rejection, or silent for 1 s | failed": async () => {
    answer = refused;
    const ends = [{ ends: "success" }, { failures: "result" }, { failures: "reject" }];
    for (const settings of ends) {
      const error = failed(await after(0, run(await open(settings))), "refused", "no");
      assert.equal(error.message, "It is sold out.");
    }
    failed(await after(1_000, run(await open({ ends: "silent" }))), "refused", "no");
  },
  "error or rejection | succeeded": async () => {
    for (const failures of ["result", "reject"]) {
      const it = await open({ failures });
      it.fake.next({ failWith: "No session.", failAt: "refresh" });
      failed(await after(0, run(it)), "refresh_failed", "yes");
    }
  },
  "silent for 10 s | succeeded": async () => {
    const it = await open();
    it.fake.next({ ends: "silent" });
    const outcome = run(it);
    await tasks();
    await pass(10_001);
    assert.equal(updates.isStale(), true);
    // Its refresh waits behind the silent update, in Stripe.js' own queue.
    it.fake.release();
    failed(await after(0, outcome), "refresh_failed", "yes");
    assert.equal(updates.isStale(), false);
  },
  "any end, 19 s or more after it was called | still running": async () => {
    answer = never;
    const it = await open();
    it.fake.next({ endsAfterMs: 19_000 });
    failed(await after(19_000, run(it)), "timeout", "unknown");
    assert.equal(server.requests[0].signal.aborted, true);
  },
  "any end, earlier | still running": async () => {
    answer = never;
    const it = await open();
    it.fake.next({ endsAfterMs: 1_000 });
    failed(await after(1_000, run(it)), "stripe_error", "unknown");
    assert.equal(server.requests[0].signal.aborted, true);
  },
  "any end | never called": async () => {
    for (const settings of [{ ends: "error" }, { ends: "success" }, { failures: "reject" }]) {
      const it = await open();
      it.fake.next({ ...settings, calls: 0, callsLate: true });
      failed(await after(0, run(it)), "stripe_error", "no");
      await pass(1);
      assert.equal(it.fake.updates[0].calls, 1, "the late call");
    }
    assert.equal(server.requests.length, 0);
  },
  "silent for 20 s | never called": async () => {
    const it = await open();
    it.fake.next({ ends: "silent", calls: 0, callsLate: true });
    failed(await after(20_000, run(it)), "timeout", "no");
    it.fake.release();
    await tasks();
    await pass(1);
    assert.deepEqual([it.fake.updates[0].calls, server.requests.length], [1, 0]);
  },
  "calls the function twice | succeeded": async () => {
    const it = await open({ calls: 2 });
    assert.equal((await after(0, run(it))).type, "success");
    assert.deepEqual([it.fake.updates[0].calls, server.requests.length], [2, 1]);
  },
};

const [table] = tablesOf("docs/run.md");
const rowName = (row) => `${row["Stripe.js"]} | ${row["the function"]}`;

test("docs/run.md has the rows that are tested here", () => {
  assert.deepEqual(table.map(rowName), Object.keys(sides));
});
for (const [name, met] of Object.entries(sides)) test(`docs/run.md: ${name}`, met);

// docs/failures.md: each kind, with each `applied` that the table gives it.
const kinds = {
  invalid_intent: async () => {
    const error = failed(await after(0, run(await open(), { interval: "weekly" })), "invalid_intent", "no");
    assert.equal(error.field, "interval");
    assert.doesNotMatch(error.message, /weekly/);
  },
  invalid_session: async () => {
    create({ session: () => "cs_test_1_secret_2" });
    const error = failed(await after(0, run(await open())), "invalid_session", "no");
    assert.match(error.detail, /client secret/);
    create({ session: () => "cs_test_other" });
    failed(await after(0, run(await open())), "invalid_session", "no");
  },
  unsupported: async () =>
    failed(await after(0, updates.run({ id: "cs_test_1" }, "changeInterval", YEARLY)), "unsupported", "no"),
  unavailable: () => assert.deepEqual(apart("unavailable"), ["unavailable", "no"]),
  session_closed: async () => {
    const it = await open({ session: { status: { type: "expired" } } });
    failed(await after(0, run(it)), "session_closed", "no");
    for (const [status, code, applied] of [
      [410, undefined, "no"],
      [400, "session_expired", "no"],
      [409, "session_closed", "unknown"],
    ]) {
      answer = () => respond(status, { type: "error", message: "Too late.", code });
      failed(await after(0, run(await open())), "session_closed", applied);
    }
  },
  busy: async () => {
    answer = never;
    const it = await open();
    for (let count = 0; count <= 32; count++) void run(it, { product_id: `p${count}` }, "addService");
    failed(await after(0, run(it)), "busy", "no");
  },
  paying: async () => {
    const it = await open();
    const release = updates.hold();
    failed(await after(0, run(it)), "paying", "no");
    release();
    assert.equal((await after(0, run(it))).type, "success");
  },
  callback_failed: async () => {
    create({ session: broken });
    const error = failed(await after(0, run(await open())), "callback_failed", "no");
    assert.equal(error.cause.message, "the connection broke");
    create({ csrf: { header: "X-CSRF-Token", token: broken } });
    failed(await after(0, run(await open())), "callback_failed", "no");
    const { actions } = await open();
    failed(await after(0, updates.run(actions, updates.wrap("save", broken))), "callback_failed", "unknown");
  },
  cancelled: async () => {
    answer = never;
    create({}, { latest: true, dedupe: false });
    const it = await open();
    const [, waiting, last] = [run(it), run(it, { interval: "monthly" }), run(it)];
    assert.equal(failed(await after(0, waiting), "cancelled", "no").reason, "superseded");
    updates.cancel();
    assert.equal(failed(await after(0, last), "cancelled", "no").reason, "cancelled");
    const abort = new AbortController();
    const own = updates.run((await open()).actions, "changeInterval", YEARLY, { signal: abort.signal });
    abort.abort();
    assert.equal(failed(await after(0, own), "cancelled", "no").reason, "signal");
    create();
    const sent = run(await open());
    await tasks();
    updates.dispose();
    assert.equal(failed(await after(0, sent), "cancelled", "unknown").reason, "disposed");
  },
  timeout: async () => {
    answer = never;
    failed(await after(19_500, run(await open())), "timeout", "unknown");
    const it = await open();
    void run(it);
    const waiting = run(it, { interval: "monthly" });
    await pass(500);
    updates.dispose();
    await waiting;
  },
  network: async () => {
    answer = broken;
    failed(await after(0, run(await open())), "network", "unknown");
  },
  refused: async () => {
    answer = refused;
    failed(await after(0, run(await open())), "refused", "no");
    answer = () => respond(422, { type: "error", message: "Sold out.", code: "out_of_stock" });
    assert.equal(failed(await after(0, run(await open())), "refused", "no").code, "out_of_stock");
    answer = () => ({ error: "No." });
    failed(await after(0, run(await open())), "refused", "no");
    answer = () => 409;
    failed(await after(0, run(await open())), "refused", "unknown");
  },
  rate_limited: async () => {
    answer = () => 429;
    failed(await after(0, run(await open())), "rate_limited", "no");
  },
  server_error: async () => {
    for (const status of [500, 503, 408, 499]) {
      answer = () => respond(status, { type: "error", message: "Later." });
      assert.doesNotMatch(failed(await after(0, run(await open())), "server_error", "unknown").message, /Later/);
    }
  },
  bad_response: async () => {
    for (const body of ["<p>Log in</p>", "{", "x".repeat(70_000)]) {
      answer = () => respond(200, body);
      failed(await after(0, run(await open())), "bad_response", "unknown");
    }
  },
  stripe_error: sides["any end | never called"],
  refresh_failed: sides["error or rejection | succeeded"],
  internal: () => assert.deepEqual(apart("internal"), ["internal", "unknown", "success"]),
};

const [failures] = tablesOf("docs/failures.md");

test("docs/failures.md has the rows that are tested here", () => {
  assert.deepEqual(
    failures.map(({ kind }) => kind.replaceAll("`", "")),
    Object.keys(kinds),
  );
});
for (const [kind, met] of Object.entries(kinds)) test(`docs/failures.md: ${kind}`, met);

// docs/failures.md: each row of the bodies, with some of its kind.
const bodies = {
  Empty: [["", "success"]],
  "Cut off, longer than 64 KiB, or read by another script": [["x".repeat(70_000), "bad_response"]],
  "Starts with `{` or `[` and is not JSON, or starts with `<`": [
    ["{", "bad_response"],
    ["<p>Log in</p>", "bad_response"],
  ],
  "JSON `null` or `true`": [
    ["null", "success"],
    ["true", "success"],
  ],
  "JSON `false`, `0` or `-1`": [
    ["false", "refused"],
    ["0", "refused"],
    ["-1", "refused"],
  ],
  "A JSON object with `type`, `success`, `ok`, `status` or `result` that says no": [
    ['{"Success":false}', "refused"],
    ['{"status":"declined"}', "refused"],
    ['{"type":"success","error":"late"}', "success"],
  ],
  "A JSON object with `statusCode` or `status` from 400 to 599": [['{"statusCode":422}', "refused"]],
  "A JSON object with a non-empty `error`, `errors`, `errorMessage` or `userErrors`": [
    ['{"errors":["no"]}', "refused"],
    ['{"errors":[]}', "success"],
  ],
  "A JSON object whose `data` says no in one of these ways": [['{"data":{"cart":{"userErrors":[1]}}}', "refused"]],
  "Any other JSON object": [['{"id":7}', "success"]],
  "A JSON array": [
    ['[{"type":"error"}]', "refused"],
    ["[1]", "success"],
  ],
  "A JSON string that contains JSON, or an object with such a `body`": [
    [JSON.stringify('{"type":"error"}'), "refused"],
    [JSON.stringify({ body: '{"ok":false}' }), "refused"],
  ],
  "Other text": [
    ["Saved", "success"],
    ["error: no such cart", "bad_response"],
  ],
};

const answers = tablesOf("docs/failures.md").at(-1);

test("docs/failures.md has the bodies that are tested here", () => {
  const names = answers.map(({ body }) => body.replace(/: `false`.*$/, ""));
  assert.deepEqual(names, Object.keys(bodies));
});
for (const [row, tried] of Object.entries(bodies)) {
  test(`docs/failures.md: ${row}`, async () => {
    for (const [body, verdict] of tried) {
      answer = () => respond(200, body);
      const outcome = await after(0, run(await open()));
      assert.equal(outcome.error?.kind ?? outcome.type, verdict, body);
    }
  });
}

test("docs/failures.md: one attempt in doubt makes every later failure unknown", async () => {
  create({}, { retries: 1 });
  const answers = [() => 503, refused];
  answer = () => answers.shift()();
  const outcome = run(await open());
  await tasks();
  await pass(1_000);
  failed(await outcome, "refused", "unknown");
});

// docs/stripe-js.md: wherever it lives, and whatever a success is called.
for (const version of [5, 6, 7, 8, 9, 10]) {
  test(`docs/stripe-js.md: version ${version}`, async () => {
    const stripe = createFakeStripe({ version });
    const clientSecret = "cs_test_1_secret_2";
    const checkout =
      version < 8
        ? await stripe.initCheckout(version === 5 ? { clientSecret } : { fetchClientSecret: async () => clientSecret })
        : await stripe[version === 8 ? "initCheckout" : "initCheckoutElementsSdk"]({ clientSecret });
    const passed = version < 8 ? checkout : (await checkout.loadActions()).actions;
    const outcome = await updates.run(passed, "changeInterval", YEARLY);
    assert.deepEqual([outcome.type, outcome.session.id], ["success", "cs_test_1"]);
    const refreshed = await updates.refresh(passed);
    assert.deepEqual([refreshed.type, refreshed.session.id], ["success", "cs_test_1"]);
  });
}

test("docs/stripe-js.md: React, where the hook merges session and actions", async () => {
  const { actions } = await open();
  const { getSession, ...merged } = actions;
  const outcome = await updates.run({ ...getSession(), ...merged }, "changeInterval", YEARLY);
  assert.deepEqual([outcome.type, outcome.session.id], ["success", "cs_test_1"]);
});

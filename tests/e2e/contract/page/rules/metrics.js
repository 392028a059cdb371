import { clocked } from "../lib/rule.js";

export const title = "3.10 Failures are counted";

const yearly = { interval: "yearly" };

/** Sees what is handed to `sendBeacon`. */
function beacons() {
  const sent = [];
  navigator.sendBeacon = (url, data) => {
    sent.push({ url, data: JSON.parse(data), text: data });
    return true;
  };
  return { sent };
}

const hide = () => window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: false }));
const back = () => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: false }));

async function open(t, options) {
  const shop = t.shop();
  const updates = await t.updates(options);
  const call = async (ms, ...given) => {
    const promise = updates.request("changeInterval", yearly)();
    const order = await shop.next();
    if (ms > 0) await t.clock.pass(ms);
    order.answer(...given);
    await promise.catch(() => {});
  };
  return { shop, updates, call };
}

export const rules = {
  "updates, successes, failures by kind, and exact percentiles of the last 100": clocked(async (t) => {
    const { updates, call } = await open(t);
    const none = updates.metrics().endpoints.changeInterval;
    t.same(
      [none.updates, none.successes, none.failures, none.retries, none.late, none.joined, none.superseded],
      [0, 0, {}, 0, 0, 0, 0],
    );
    t.same([none.p50, none.p95, none.max], [null, null, null]);
    for (let ms = 120; ms > 0; ms--) await call(ms, ms % 10 ? 200 : ms % 20 ? 400 : 503);
    const counts = updates.metrics().endpoints.changeInterval;
    t.same([counts.updates, counts.successes], [120, 108]);
    t.same(counts.failures, { refused: 6, server_error: 6 });
    t.same([counts.p50, counts.p95, counts.max], [50, 95, 100]);
  }),
  "joined, superseded, retries and late": clocked(async (t) => {
    Math.random = () => 0;
    const { updates, shop } = await open(t, { endpointOptions: { latest: true, retries: 1 } });
    const { actions } = await t.stripe();
    const run = (interval) => updates.run(actions, "changeInterval", { interval });
    const outcomes = [run("yearly"), run("monthly"), run("yearly")];
    (await shop.next()).answer(503);
    await t.clock.pass(2);
    const order = await shop.next();
    t.clock.freeze(30_000);
    back();
    order.answer();
    await t.clock.pass(1);
    await Promise.all(outcomes);
    const { joined, superseded, retries, late, successes, updates: count } = updates.metrics().endpoints.changeInterval;
    t.same([joined, superseded, retries, late, successes, count], [1, 1, 1, 1, 1, 1]);
  }),
  "the last 50 failures, oldest first, plain records": async (t) => {
    const { updates, shop } = await open(t);
    for (let number = 0; number < 53; number++) {
      const failed = t.rejection(updates.request("changeInterval", yearly)());
      (await shop.next()).answer(400, { error: `No ${number}.` }, { "request-id": `req_${number}` });
      await failed;
    }
    const { failures } = updates.metrics();
    t.equal(failures.length, 50);
    t.same([failures[0].requestId, failures[49].requestId], ["req_3", "req_52"]);
    const { durationMs, ...record } = failures[49];
    t.ok(Number.isInteger(durationMs));
    t.same(record, {
      kind: "refused",
      applied: "no",
      endpoint: "changeInterval",
      status: 400,
      code: null,
      attempts: 1,
      requestId: "req_52",
      field: null,
      reason: null,
    });
    t.ok(!JSON.stringify(updates.metrics()).includes("cs_test"));
  },
  "what is refused here is counted, what is cancelled is not": async (t) => {
    const { updates } = await open(t);
    const { actions } = await t.stripe();
    await updates.run(actions, "changeInterval", {});
    await updates.run({}, "changeInterval", yearly);
    await updates.run(actions, "changeInterval", yearly, { signal: AbortSignal.abort() });
    const counts = updates.metrics().endpoints.changeInterval;
    t.same([counts.updates, counts.failures], [2, { invalid_intent: 1, unsupported: 1 }]);
  },
  "the counts outlive dispose": async (t) => {
    const { updates, call } = await open(t);
    await call(0);
    await call(0, 400);
    const before = JSON.stringify(updates.metrics());
    updates.dispose();
    t.equal(JSON.stringify(updates.metrics()), before);
    t.equal(JSON.stringify(updates.metrics()), before, "asked twice");
  },
  "metrics can be asked for at any time, and is a copy": async (t) => {
    const { createUpdates, endpoint } = await t.module("index");
    const updates = t.keep(createUpdates({ endpoints: { gift: endpoint("/gift", {}) } }));
    const early = updates.metrics();
    t.same(Object.keys(early.endpoints), ["gift"]);
    await updates.ready;
    t.same(updates.metrics(), early);
    const { updates: count, successes, failures, p50 } = early.endpoints.gift;
    t.same([count, successes, failures, p50], [0, 0, {}, null]);
    updates.metrics().failures.push("x");
    t.same(updates.metrics().failures, []);
  },
  "each update is a performance.measure, cleared once measured": async (t) => {
    const seen = [];
    const observer = new PerformanceObserver((list) => seen.push(...list.getEntries()));
    observer.observe({ type: "measure" });
    const { updates, call, shop } = await open(t);
    const start = performance.now();
    await call(0);
    await call(0, 500);
    const own = updates.wrap("own", async () => 1);
    await own();
    const { actions } = await t.stripe();
    await updates.run(actions, "changeInterval", yearly, { signal: AbortSignal.abort() });
    seen.push(...observer.takeRecords());
    // Observers are told in a task of their own.
    while (seen.length < 3) await t.rest();
    const end = performance.now();
    t.same(
      seen.map(({ name, entryType }) => [name, entryType]),
      [
        ["checkout-updates:changeInterval", "measure"],
        ["checkout-updates:changeInterval", "measure"],
        ["checkout-updates:own", "measure"],
      ],
    );
    for (const entry of seen) t.ok(entry.startTime >= start - 1 && entry.startTime + entry.duration <= end + 1);
    t.same(performance.getEntriesByType("measure"), []);
    observer.disconnect();
    t.equal(shop.requests.length, 2);
  },
  "reportTo sends what is new when the page is hidden, and only that": async (t) => {
    const { sent } = beacons();
    const { updates, call } = await open(t, { messages: { refused: "Our words." } });
    updates.reportTo("/metrics");
    hide();
    t.equal(sent.length, 0, "nothing is new");
    await call(0);
    await call(0, 400, { error: "Sold out to 42." }, { "request-id": "req_secret" });
    hide();
    t.equal(sent.length, 1);
    t.equal(sent[0].url, "/metrics");
    t.same(Object.keys(sent[0].data), ["endpoints"]);
    const { updates: count, successes, failures } = sent[0].data.endpoints.changeInterval;
    t.same([count, successes, failures], [2, 1, { refused: 1 }]);
    for (const secret of ["Sold out", "Our words", "req_secret", "cs_test", "yearly", "/update", "cause"]) {
      t.ok(!sent[0].text.includes(secret), secret);
    }
    back();
    hide();
    t.equal(sent.length, 1, "nothing is new");
    back();
    await call(0);
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
    t.equal(sent.length, 2);
    t.same([sent[1].data.endpoints.changeInterval.updates, sent[1].data.endpoints.changeInterval.failures], [1, {}]);
  },
  "a <base> cannot move a report": async (t) => {
    const { sent } = beacons();
    const { other } = await t.ports();
    const { updates, call } = await open(t);
    updates.reportTo("/metrics");
    await call(0);
    const base = document.createElement("base");
    base.href = `http://127.0.0.1:${other}/elsewhere/`;
    document.head.append(base);
    hide();
    const urls = sent.map(({ url }) => new URL(url, document.baseURI).href);
    base.remove();
    t.same(urls, [`${location.origin}/metrics`]);
  },
  "payments are reported where one has ended, and only what is new": async (t) => {
    const { sent } = beacons();
    const { updates } = await open(t);
    const { actions } = await t.stripe();
    updates.reportTo("/metrics");
    const pay = async () => (await updates.pay(actions, () => Promise.resolve())).type;
    t.equal(await pay(), "confirmed");
    hide();
    t.same(sent[0].data, { endpoints: {}, payments: { confirmed: 1, blocked: {} } });
    back();
    hide();
    t.equal(sent.length, 1, "nothing is new");
    back();
    t.equal(await pay(), "confirmed");
    t.equal((await updates.pay(actions, () => Promise.resolve(), { signal: AbortSignal.abort() })).type, "blocked");
    hide();
    t.same(sent[1].data, { endpoints: {}, payments: { confirmed: 1, blocked: { cancelled: 1 } } });
  },
  "each reporter is told, can be ended, and is one of a sample": async (t) => {
    const { sent } = beacons();
    const { updates, call } = await open(t);
    const stop = updates.reportTo("/one");
    updates.reportTo("/two", { sampleRate: 1 });
    updates.reportTo("/never", { sampleRate: 0 });
    await call(0);
    hide();
    t.same(sent.map(({ url }) => url).sort(), ["/one", "/two"]);
    stop();
    back();
    await call(0);
    hide();
    t.same(
      sent.slice(2).map(({ url, data }) => [url, data.endpoints.changeInterval.updates]),
      [["/two", 1]],
    );
  },
  "a report reaches a real server, byte for byte": async (t) => {
    const { key, url } = t.fault("no-content");
    const { updates, call } = await open(t);
    updates.reportTo(url);
    await call(0, 400);
    hide();
    const [request] = await t.received(key);
    t.equal(request.method, "POST");
    t.match(request.headers.find(([name]) => name.toLowerCase() === "content-type")[1], /^text\/plain/);
    const { p50, p95, max } = JSON.parse(request.body).endpoints.changeInterval;
    t.equal(
      request.body,
      `{"endpoints":{"changeInterval":{"updates":1,"successes":0,"retries":0,"late":0,"joined":0,"superseded":0,"p50":${p50},"p95":${p95},"max":${max},"failures":{"refused":1}}}}`,
    );
  },
  "what the browser aborts after pagehide is cancelled, and no failure": async (t) => {
    const told = [];
    const { updates, shop } = await open(t, { onFailure: (error) => told.push(error) });
    const { actions } = await t.stripe();
    const update = updates.request("changeInterval", yearly);
    const failed = t.rejection(update());
    const outcome = updates.run(actions, "changeInterval", { interval: "monthly" });
    const orders = [await shop.next(), await shop.next()];
    hide();
    for (const order of orders) order.fail(new DOMException("The page is gone.", "AbortError"));
    const error = await failed;
    t.same([error.kind, error.reason, error.applied], ["cancelled", "left", "unknown"]);
    const { type, error: ran } = await outcome;
    t.same([type, ran.reason, ran.applied], ["cancelled", "left", "unknown"]);
    t.same([told, updates.metrics().failures, updates.metrics().endpoints.changeInterval.updates], [[], [], 0]);
    t.equal(updates.isStale(), true);
    back();
    const later = t.rejection(update());
    (await shop.next()).fail();
    t.equal((await later).kind, "network", "back on the page it is a failure again");
  },
};

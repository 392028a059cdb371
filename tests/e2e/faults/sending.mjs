// What reaches the server, byte for byte.
import assert from "node:assert/strict";
import { test } from "node:test";

let orders = 0;
const limit = { timeout: 30_000 };

/** A URL of one's own at a fault, and the key that its requests are recorded by. */
function order(path) {
  orders += 1;
  const key = `order-${orders}`;
  const [name, query = ""] = path.split("?");
  return { key, url: `/fault/${name}?${query}${query && "&"}id=${key}` };
}

const header = (request, name) => request.headers.find(([known]) => known.toLowerCase() === name)?.[1];
const keyOf = (request) => header(request, "idempotency-key");

/** The tests, for one browser. `it` has the page and the server once they are there. */
export function sendingTests(browser, it) {
  const title = (text) => `${browser}: ${text}`;
  test(title("a request is the session field and the declared fields, and no more"), limit, async () => {
    const { key, url } = order("success");
    const settled = await it.page.call("attempt", { url });
    assert.equal(settled.kind, "success");
    const { requests } = await it.server.recorded({ key });
    assert.equal(requests.length, 1);
    const [request] = requests;
    assert.equal(request.method, "POST");
    assert.equal(request.body, '{"checkout_session_id":"cs_test_faults","interval":"yearly"}');
    assert.match(header(request, "content-type"), /^application\/json\b/);
    assert.match(keyOf(request), /^[\w-]{16,255}$/);
  });

  test(title("the session field can have another name"), limit, async () => {
    const { key, url } = order("success");
    await it.page.call("attempt", { url, options: { sessionField: "session" } });
    const { requests } = await it.server.recorded({ key });
    assert.deepEqual(
      requests.map((request) => request.body),
      ['{"session":"cs_test_faults","interval":"yearly"}'],
    );
  });

  // One engine in three opens a connection for each POST, so it has none to repeat: there is nothing to see twice.
  if (browser === "WebKitGTK") {
    test(
      title("the browser does not repeat a POST by itself: one request, and the page is in doubt"),
      limit,
      async () => {
        const { key, url } = order("reset?times=1&apply=before");
        await it.page.call("attempt", { url: order("success").url });
        const settled = await it.page.call("attempt", { url });
        const { requests, applied } = await it.server.recorded({ key });
        assert.deepEqual([settled.kind, settled.applied], ["network", "unknown"]);
        assert.equal(requests.length, 1);
        assert.equal(applied[key], 1);
      },
    );
  } else repeatingTests(title, it);

  test(title("retries have the key and the body of the first attempt, another update has its own"), limit, async () => {
    const first = order("status?code=503&times=2");
    const settled = await it.page.call("attempt", { url: first.url, endpointOptions: { retries: 3 } });
    assert.equal(settled.kind, "success");
    const second = order("success");
    await it.page.call("attempt", { url: second.url });
    const { requests } = await it.server.recorded({ key: first.key });
    const [other] = (await it.server.recorded({ key: second.key })).requests;
    assert.equal(requests.length, 3);
    assert.equal(new Set(requests.map(keyOf)).size, 1);
    assert.equal(new Set(requests.map((request) => request.body)).size, 1);
    assert.notEqual(keyOf(other), keyOf(requests[0]));
  });

  for (const [form, parameter] of [
    ["seconds", "retry_after=1"],
    ["a date", "retry_after_date=1"],
  ]) {
    test(title(`a retry waits for as long as Retry-After says in ${form}`), limit, async () => {
      const { key, url } = order(`status?code=429&times=1&${parameter}`);
      const settled = await it.page.call("attempt", { url, endpointOptions: { retries: 1 } });
      assert.equal(settled.kind, "success");
      const { requests } = await it.server.recorded({ key });
      assert.equal(requests.length, 2);
      const pause = requests[1].atMs - requests[0].atMs;
      assert.ok(pause >= 990, `${pause} ms`);
    });
  }

  test(title("no key where the endpoint says so"), limit, async () => {
    const { key, url } = order("success");
    await it.page.call("attempt", { url, endpointOptions: { idempotencyKey: false } });
    const { requests } = await it.server.recorded({ key });
    assert.deepEqual(requests.map(keyOf), [undefined]);
  });

  test(title("the request id of an answer is on the failure"), limit, async () => {
    const { url } = order("status?code=500&request_id=req_faults");
    const settled = await it.page.call("attempt", { url });
    assert.equal(settled.requestId, "req_faults");
  });

  test(title("the beacon says what failed, and nothing about whom or where"), limit, async () => {
    const { url } = order("status?code=400&request_id=req_faults");
    const report = order("no-content");
    const failures = await it.page.call("report", { url, reportUrl: report.url });
    assert.equal(failures, 1);
    await it.page.leave();
    const { requests } = await it.server.wait({ key: report.key, count: 1 });
    await it.page.open();
    assert.equal(requests.length, 1);
    const { method, body } = requests[0];
    assert.equal(method, "POST");
    const text = JSON.stringify(JSON.parse(body));
    assert.match(text, /"changeInterval"/);
    assert.match(text, /"?refused"?/);
    for (const secret of ["cs_test_faults", "yearly", "/fault", "127.0.0.1", "Sold out", "Our words", "req_faults"]) {
      assert.ok(!text.includes(secret), `${secret} in ${text}`);
    }
  });
}

function repeatingTests(title, it) {
  test(title("the browser repeats a POST by itself: two requests, one key, one change"), limit, async () => {
    const { key, url } = order("reset?times=1&apply=before");
    const { requests, applied } = await repeated(key, url, it);
    assert.equal(requests.length, 2);
    assert.equal(new Set(requests.map(keyOf)).size, 1);
    assert.equal(new Set(requests.map((request) => request.body)).size, 1);
    assert.deepEqual(
      requests.map((request) => request.end),
      ["reset", "answered"],
    );
    assert.equal(applied[key], 1);
  });

  test(title("a server that ignores the key makes the change twice"), limit, async () => {
    const { key, url } = order("reset?times=1&apply=before&ignores_key=yes");
    const { requests, applied } = await repeated(key, url, it);
    assert.equal(requests.length, 2);
    assert.equal(applied[key], 2);
  });
}

/** The same where the browser repeats it. */
async function repeated(key, url, it) {
  const { settled, ...recorded } = await dropped(key, url, it);
  assert.equal(settled.kind, "success", "the page sees one success");
  return recorded;
}

/** An update whose first request, on a connection that has served before, is reset before an answer. */
async function dropped(key, url, { page, server }) {
  const primer = order("success");
  await page.call("attempt", { url: primer.url });
  const settled = await page.call("attempt", { url });
  const recorded = await server.recorded({ key });
  const [prime] = (await server.recorded({ key: primer.key })).requests;
  assert.ok(
    recorded.requests.some((request) => request.connection === prime.connection),
    "a kept-alive connection",
  );
  return { settled, ...recorded };
}

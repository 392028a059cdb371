// Runs one row of the table in one browser.
import assert from "node:assert/strict";
import { LONG_DEADLINE, SHORT_DEADLINE } from "../faults.mjs";

/** How late a row may settle: the engine's backstop and a busy machine. */
const SLACK = 3_000;

let runs = 0;

/** Sends the row's update once for each way in which its server may act; gives the milliseconds of the first. */
export async function runRow(given, { browser, page, server }) {
  const row = { ...given, ...given.inBrowser?.[browser] };
  const times = [];
  for (const apply of row.server ?? [undefined]) times.push(await runOnce(row, apply, { page, server }));
  return times[0];
}

async function runOnce(row, apply, { page, server }) {
  runs += 1;
  const key = `run-${runs}`;
  const [path, query] = row.path.split("?");
  const params = new URLSearchParams(query);
  params.set("id", key);
  if (apply) params.set("apply", apply);
  const own = (row.origin ?? "page") === "page";
  const origin = own ? "" : server.origin(row.origin);
  const timeoutMs = row.settles === "deadline" ? SHORT_DEADLINE : LONG_DEADLINE;

  if (row.primed) await page.call("attempt", { url: `/fault/success?id=${key}-primer` });
  const settled = await page.call("attempt", {
    url: `${origin}/fault/${path}?${params}`,
    endpointOptions: row.endpointOptions ?? {},
    options: { timeoutMs, ...(own ? {} : { allowedOrigins: [origin] }) },
  });

  assert.equal(settled.kind, row.kind, JSON.stringify(settled));
  assert.equal(settled.applied, row.applied);
  assert.ok(settled.recorded, "update.failure is the error that was thrown, or null");
  assert.ok(!settled.pending, "nothing is pending any more");
  if (row.kind !== "success") checkFailure(row, settled, timeoutMs);
  checkTime(row, settled.ms, timeoutMs);
  await checkServer(row, apply, { key, server, settled });
  return settled.ms;
}

function checkFailure(row, settled, timeoutMs) {
  assert.equal(settled.name, "CheckoutUpdateError");
  assert.equal(settled.status, row.status ?? null);
  assert.equal(settled.message, row.message ?? `Our words for ${row.kind}.`);
  // By the larger of two clocks, so a wall clock that is set meanwhile makes it longer than what the page measured.
  const least = row.settles === "deadline" ? timeoutMs - 2 : 0;
  const told = `${settled.durationMs} of ${settled.ms}`;
  assert.ok(settled.durationMs >= least && settled.durationMs <= settled.ms + SLACK, told);
}

function checkTime(row, ms, timeoutMs) {
  // Timers and clocks are coarser than a millisecond.
  const least = row.settles === "deadline" ? timeoutMs - 2 : 0;
  const most = { "at once": SLACK, "in time": timeoutMs - 1_000, deadline: timeoutMs + SLACK }[row.settles];
  assert.ok(ms >= least && ms < most, `settled after ${ms} ms`);
}

/** What the page was told must not contradict what the server did. */
async function checkServer(row, apply, { key, server, settled }) {
  const wanted = row.requests ?? 1;
  const sent = wanted === "any" ? 1 : wanted;
  // The server sees its connection closed: nothing goes on behind the customer's back.
  const cut = (row.settles === "deadline" || row.leaves) && sent > 0;
  const { requests, applied } = await server.wait({ key, method: "POST", count: sent, left: cut ? 1 : 0 });
  if (wanted !== "any") assert.equal(requests.length, wanted, "requests");
  if (row.kind !== "success" && wanted !== "any" && wanted > 0) assert.equal(settled.attempts, wanted, "attempts");
  const times = applied[key] ?? 0;
  if (settled.applied === "no") assert.equal(times, 0, "the server made the change");
  if (settled.applied === "yes") assert.equal(times, 1, "the server did not make the change");
  if (apply === "before") assert.equal(times, 1);
  const followed = await server.recorded({ key: "redirected" });
  assert.deepEqual(followed.requests, [], "a redirect was followed");
}

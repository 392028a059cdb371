// What a test calls by WebDriver. Everything it gives back is plain data.
import { createUpdates, endpoint, oneOf } from "/dist/index.js";

const KINDS = ["session_closed", "timeout", "network", "refused", "rate_limited", "server_error", "bad_response"];

/** No server sends these, so a test sees whose text a failure shows. */
const messages = Object.fromEntries(KINDS.map((kind) => [kind, `Our words for ${kind}.`]));

const interval = oneOf("monthly", "yearly");

function open({ url, endpointOptions = {}, options = {} }) {
  const changeInterval = endpoint(url, { interval }, endpointOptions);
  return createUpdates({ session: () => "cs_test_faults", endpoints: { changeInterval }, messages, ...options });
}

/** Sends one update; gives how it settled and after how many milliseconds. */
async function attempt(order) {
  const updates = open(order);
  // The first row must not pay for the engine.
  await updates.ready;
  const update = updates.request("changeInterval", { interval: "yearly" });
  const start = performance.now();
  try {
    const response = await update();
    const ms = performance.now() - start;
    const recorded = update.failure === null;
    const pending = updates.isPending();
    return { kind: "success", applied: "yes", recorded, pending, ms, body: await response.text() };
  } catch (error) {
    const ms = performance.now() - start;
    const { name, kind, applied, status, attempts, requestId, message, durationMs } = error;
    const recorded = update.failure === error;
    const pending = updates.isPending();
    return { name, kind, applied, status, attempts, requestId, message, durationMs, recorded, pending, ms };
  } finally {
    updates.dispose();
  }
}

/** Lets an update fail, and reports to a URL once the page is hidden. */
async function report({ reportUrl, ...order }) {
  const updates = open(order);
  updates.reportTo(reportUrl);
  const update = updates.request("changeInterval", { interval: "yearly" });
  await update().catch(() => {});
  return updates.metrics().failures.length;
}

globalThis.faults = { attempt, report };

// A page that the customer leaves while updates are under way. What it was told of them outlives it.
import { createUpdates, endpoint } from "/dist/index.js";
import { createFakeStripe } from "/dist/testing.js";

const { fake, ...stripe } = createFakeStripe({ session: { id: "cs_test_leave" } });
const { actions } = await stripe.initCheckoutElementsSdk({ clientSecret: "cs_test_leave_secret_x" }).loadActions();

const told = () => JSON.parse(localStorage.getItem("told") ?? "[]");
const tell = (...words) => localStorage.setItem("told", JSON.stringify([...told(), words.join(" ")]));

/** One update that succeeds, then two that are never answered. */
async function start(success, silent, news) {
  localStorage.clear();
  // Before ours, which are there from the first update on.
  if (new URLSearchParams(location.search).get("early")) addEventListener("pagehide", () => {});
  // So that the page is not kept for the way back: then its requests would not end.
  addEventListener("unload", () => {});
  const updates = createUpdates({
    session: () => "cs_test_leave",
    endpoints: { lost: endpoint(success, {}), silent: endpoint(silent, {}) },
    onFailure: ({ kind }) => tell("failure", kind),
    onSettled: ({ outcome, kind }) => tell("settled", outcome, String(kind)),
  });
  updates.reportTo(news);
  await updates.request("lost", {})();
  updates
    .request("silent", {})()
    .catch(({ kind, reason }) => tell("ended", kind, reason));
  void updates.run(actions, "silent", {}).then(({ error }) => tell("ended", error.kind, error.reason));
}

globalThis.leave = { start, told };
void fake;

// What a page that others' scripts share does with the package. It is written with syntax alone, since what it would call
// may be what was damaged; what waits and judges is in the page around it, which nothing has touched.
"use strict";

// What goes wrong unseen is told by listeners that are there before anything else.
addEventListener("unhandledrejection", ({ reason }) =>
  parent.noted.push(`unhandled rejection: ${reason?.stack || reason}`),
);
addEventListener("error", ({ message, error }) => parent.noted.push(`error: ${message} ${error?.stack || ""}`));

/** What zone.js and monitoring scripts put in a class's place. */
globalThis.subclassOf = (original) => class extends original {};

/** The package in use: how an object is made, and what a page does with it. */
globalThis.shop = {
  make: (module, url, timeoutMs) =>
    module.createUpdates({
      session: () => "cs_test_hostile",
      timeoutMs,
      endpoints: {
        change: module.endpoint(url, {
          plan: module.oneOf("monthly", "yearly"),
          item: module.identifier("li_"),
          quantity: module.integer(0, 10),
          gift: module.flag(),
          code: module.text(20).optional(),
        }),
      },
    }),
  /** Stripe.js; `end` waits for the function. */
  actions: (end) => ({
    getSession: () => ({ id: "cs_test_hostile", status: { type: "open" }, canConfirm: true }),
    runServerUpdate: (update) => end(update()),
  }),
  intent: (plan) => ({ plan, item: "li_1", quantity: 2, gift: true, code: "NOËL" }),
  wrapped: (updates, value) => updates.wrap("own", () => value),
  controller: () => new AbortController(),
};

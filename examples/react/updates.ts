import { createUpdates, endpoint, oneOf } from "checkout-updates";

// At module scope: importing this does nothing on a server, and every component shares the queue.
export const updates = createUpdates({
  endpoints: {
    changeInterval: endpoint(
      "/change-subscription-interval",
      { interval: oneOf("monthly", "yearly") },
      { latest: true },
    ),
  },
});

import { MutationObserver, QueryClient } from "@tanstack/query-core";
import { send } from "./send.js";

const client = new QueryClient();

const mutation = new MutationObserver(client, {
  mutationFn: ([session, interval]) => send(session, interval, AbortSignal.timeout(19_500)),
  scope: { id: "checkout" },
  retry: 2,
});

export const update = (session, interval) => mutation.mutate([session, interval]);

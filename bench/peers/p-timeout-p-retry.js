import pRetry from "p-retry";
import pTimeout from "p-timeout";
import { send } from "./send.js";

export function update(session, interval) {
  const controller = new AbortController();
  const { signal } = controller;
  return pTimeout(
    pRetry(() => send(session, interval, signal), { retries: 2, signal }),
    { milliseconds: 19_500 },
  ).finally(() => controller.abort());
}

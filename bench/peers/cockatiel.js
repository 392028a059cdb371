import { ExponentialBackoff, handleAll, retry, timeout, TimeoutStrategy, wrap } from "cockatiel";
import { send } from "./send.js";

const policy = wrap(
  timeout(19_500, TimeoutStrategy.Aggressive),
  retry(handleAll, { maxAttempts: 2, backoff: new ExponentialBackoff() }),
);

export const update = (session, interval) => policy.execute(({ signal }) => send(session, interval, signal));

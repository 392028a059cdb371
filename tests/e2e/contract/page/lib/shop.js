// A server in the page, in place of the network: each request waits until the rule answers it. Its answers have no
// stream, so that they are there as soon as they are given.

function answerOf(status, body, headers) {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  return { status, ok: status < 300, headers: { get: (name) => headers[name] ?? null }, text: async () => text };
}

export function shopOf({ createFakeServer }, paths) {
  const arrived = [];
  const waiting = [];
  const handle = (body, request) =>
    new Promise((resolve, reject) => {
      const order = {
        ...request,
        body,
        key: request.headers["idempotency-key"],
        answer: (status = 200, given = { type: "success" }, headers = {}) => resolve(answerOf(status, given, headers)),
        give: resolve,
        fail: (error = new TypeError("Failed to fetch")) => reject(error),
      };
      const taker = waiting.shift();
      if (taker) taker(order);
      else arrived.push(order);
    });
  const server = createFakeServer(Object.fromEntries(paths.map((path) => [path, handle])));
  return {
    /** Waits for the next request. */
    next: () => (arrived.length ? Promise.resolve(arrived.shift()) : new Promise((resolve) => waiting.push(resolve))),
    /** Every request so far. */
    requests: server.requests,
    close: server.close,
  };
}

// Opens a page for each rule, some beside each other, and keeps how they went.

/** Browsers open six connections to a server; a rule may hold one, and asks by another. */
const BESIDE = 3;
const LIMIT_MS = 40_000;

const results = new Map();

function open({ id, number, group, rule, page = {} }) {
  const frame = document.createElement("iframe");
  frame.src = `/frame.html?${new URLSearchParams({ ...page, id, number, group, rule })}`;
  const ended = new Promise((resolve) => {
    const limit = setTimeout(
      () => resolve(`not settled after ${LIMIT_MS} ms: ${frame.contentWindow?.notes?.join("\n")}`),
      LIMIT_MS,
    );
    addEventListener("message", function listen({ data, source }) {
      if (source !== frame.contentWindow || data.id !== id) return;
      removeEventListener("message", listen);
      clearTimeout(limit);
      resolve(data.error ?? null);
    });
  });
  document.body.append(frame);
  return ended.finally(() => frame.remove());
}

/** Begins to check these rules in this order. */
function start(rules) {
  const queue = [...rules];
  for (const { id } of rules) results.set(id, Promise.withResolvers());
  const work = async () => {
    for (let rule = queue.shift(); rule; rule = queue.shift()) results.get(rule.id).resolve(await open(rule));
  };
  for (let beside = 0; beside < BESIDE; beside++) void work();
}

/** Waits for a rule; gives what was wrong, or null. */
const result = (id) => results.get(id).promise;

globalThis.contract = { start, result };

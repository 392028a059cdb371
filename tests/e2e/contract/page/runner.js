// Opens a page for each rule, some beside each other, and tells how they went.

/** The slowest takes 16 s in WebKitGTK where nothing else runs. */
const LIMIT_MS = 90_000;

let ended = [];
const running = new Set();
let tell = () => {};

function open({ id, number, group, rule, page = {} }) {
  const frame = document.createElement("iframe");
  frame.src = `/frame.html?${new URLSearchParams({ ...page, id, number, group, rule })}`;
  const result = new Promise((resolve) => {
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
  return result.finally(() => frame.remove());
}

/** Begins to check these rules in this order, so many beside each other. */
function start({ rules, beside }) {
  const queue = [...rules];
  const work = async () => {
    for (let rule = queue.shift(); rule; rule = queue.shift()) {
      running.add(rule.id);
      const wrong = await open(rule);
      running.delete(rule.id);
      ended.push({ id: rule.id, wrong });
      tell();
    }
  };
  for (let count = 0; count < beside; count++) void work();
}

globalThis.contract = {
  start,
  /** Waits until a rule has ended; gives those that did since it was last asked, and those that run now. */
  async ended() {
    if (ended.length === 0) await new Promise((resolve) => (tell = resolve));
    const told = ended;
    ended = [];
    return { ended: told, running: [...running] };
  },
};

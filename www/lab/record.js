/**
 * Measures the updates with what any page can use: `onSettled`, and `performance.measure` around `fetch` and around
 * `runServerUpdate`. All measures come back through one PerformanceObserver.
 */
const MOST = 200;
const OWN = "lab:";

/** Measures from `start` until now. */
export function measure(what, start) {
  performance.measure(OWN + what, { start });
  performance.clearMeasures(OWN + what);
}

/** Collects what was measured and calls `onNews` after each. */
export function createRecord(onNews) {
  const spans = [];
  const settled = [];
  let requests = 0;

  const keep = (list, item) => {
    list.push(item);
    if (list.length > MOST) list.shift();
    onNews();
  };
  const observer = new PerformanceObserver((entries) => {
    for (const { name, startTime, duration } of entries.getEntries()) {
      if (!name.startsWith(OWN)) continue;
      keep(spans, { what: name.slice(OWN.length), start: startTime, end: startTime + duration });
    }
  });
  observer.observe({ type: "measure" });

  return {
    /** For the option `onSettled`. */
    onSettled: (record) => keep(settled, { ...record, at: performance.now() }),
    /** The customer, who pressed at this time, has just read how the last update ended. */
    answered: (press) => {
      const last = settled.findLast(({ outcome }) => outcome !== "cancelled");
      // Two presses can share one update.
      if (last && !last.press) Object.assign(last, { press, answeredMs: performance.now() - press });
      onNews();
    },
    /** For the option `fetch`: each attempt, and the reading of its answer. */
    fetch: async (url, init) => {
      const start = performance.now();
      requests += 1;
      let answer;
      try {
        answer = await fetch(url, init);
        return answer;
      } finally {
        measure("request", start);
        if (answer) void reading(answer.clone(), performance.now());
      }
    },
    /** The same actions with a measured `runServerUpdate`: its function, and what follows it. */
    watch: (actions) => ({
      ...actions,
      runServerUpdate: async (update) => {
        let since = null;
        try {
          return await actions.runServerUpdate(async () => {
            const [start, before] = [performance.now(), requests];
            try {
              const given = await update();
              since = performance.now();
              return given;
            } finally {
              // A call without a request is a refresh.
              if (requests > before) measure("call", start);
            }
          });
        } finally {
          if (since !== null) measure("refresh", since);
        }
      },
    }),
    settled: () => settled,
    rows: () => rows(spans, settled),
  };
}

async function reading(copy, start) {
  // The copy ends when the answer ends, by its last byte or an abort.
  await copy.arrayBuffer().catch(() => {});
  measure("reading", start);
}

/** One row an update, with what was measured between the call of its function and the call of the next. */
function rows(spans, settled) {
  const calls = spans.filter(({ what }) => what === "call");
  const found = [];
  for (const { at, press, answeredMs, ...record } of settled) {
    // Updates take turns, so the last call that had begun was its own.
    const position = calls.findLastIndex(({ start }) => start <= at);
    if (press === undefined || position < 0) continue;
    const [{ start }] = calls.splice(0, position + 1).slice(-1);
    found.push({ record, press, start, at, answeredMs });
  }
  return found.map((row, position) => {
    const next = found[position + 1]?.start ?? Infinity;
    const isOwn = ({ what, start }) => what !== "call" && start >= row.start && start < next;
    return { ...row, parts: [...waiting(row), ...spans.filter(isOwn).map((part) => inDoubt(part, row))] };
  });
}

const waiting = ({ record, press, start }) =>
  record.waitedMs > 1 ? [{ what: "waiting", start: press, end: start }] : [];

/** Tells the fetch that ends an update from those that follow because of a doubt. */
const inDoubt = (part, { record, at }) =>
  part.what === "refresh" && (record.outcome !== "success" || part.start > at) ? { ...part, what: "later" } : part;

/**
 * What the page measures of its updates, by what any page can use: `onSettled`, the package's own `performance.measure`
 * of each update, and more of them for what is around it. All come back through one PerformanceObserver.
 */
const MOST = 200;
const OWN = "lab:";
const PACKAGE = "checkout-updates:";

/** Measures what lasted from `start` until now. */
export function measure(what, start) {
  performance.measure(OWN + what, { start });
  performance.clearMeasures(OWN + what);
}

/** Collects what was measured and calls `onNews` after each. */
export function createRecord(onNews) {
  const spans = [];
  const settled = [];

  const keep = (list, item) => {
    list.push(item);
    if (list.length > MOST) list.shift();
    onNews();
  };
  const observer = new PerformanceObserver((entries) => {
    for (const { name, startTime, duration } of entries.getEntries()) {
      const span = { start: startTime, end: startTime + duration };
      if (name.startsWith(OWN)) keep(spans, { what: name.slice(OWN.length), ...span });
      if (name.startsWith(PACKAGE)) keep(spans, { what: "update", name: name.slice(PACKAGE.length), ...span });
    }
  });
  observer.observe({ type: "measure" });

  return {
    /** For the option `onSettled`. */
    onSettled: (record) => keep(settled, { ...record, at: performance.now() }),
    /** For the option `fetch`: each attempt, and the reading of its answer. */
    fetch: async (url, init) => {
      const start = performance.now();
      let answer;
      try {
        answer = await fetch(url, init);
        return answer;
      } finally {
        measure("request", start);
        if (answer) void reading(answer.clone(), performance.now());
      }
    },
    /** The same actions, their `runServerUpdate` measured from the end of its function on. */
    watch: (actions) => ({ ...actions, runServerUpdate: (update) => refreshing(actions, update) }),
    settled: () => settled,
    rows: () => rows(spans, settled),
  };
}

async function reading(copy, start) {
  // The copy ends as the answer does, by its last byte or by an abort.
  await copy.arrayBuffer().catch(() => {});
  measure("reading", start);
}

async function refreshing(actions, update) {
  let since = null;
  try {
    return await actions.runServerUpdate(async () => {
      const given = await update();
      since = performance.now();
      return given;
    });
  } finally {
    if (since !== null) measure("refresh", since);
  }
}

/**
 * The updates as rows: each with what was measured between its beginning and that of the next. The package measures an
 * update from the call of its function until it has settled, so the measure that belongs to a record ends with it.
 */
function rows(spans, settled) {
  const updates = spans.filter(({ what }) => what === "update");
  const found = settled
    .filter(({ outcome }) => outcome !== "cancelled")
    .map(({ at, ...record }) => {
      const span = updates.find(({ name, end }) => name === record.endpoint && Math.abs(end - at) < 100);
      // What a trap has ended is not measured.
      return { record, start: span?.start ?? at - record.durationMs, end: span?.end ?? at };
    });
  return found.map((row, position) => {
    const next = found[position + 1]?.start ?? Infinity;
    const isOwn = (span) => span.what !== "update" && place(span) >= row.start && place(span) < next;
    return { ...row, parts: [...waiting(row), ...spans.filter(isOwn).map((part) => inDoubt(part, row))] };
  });
}

/** A beginning may have been measured a moment late; the middle is where a part belongs. Doubt outlasts its update. */
const place = ({ what, start, end }) => (what === "stale" ? start : (start + end) / 2);

const waiting = ({ record, start }) =>
  record.waitedMs > 1 ? [{ what: "waiting", start: start - record.waitedMs, end: start }] : [];

/** The fetch of the session that ends an update, and those that follow because nobody knows. */
const inDoubt = (part, { record, end }) =>
  part.what === "refresh" && (record.outcome !== "success" || part.start > end) ? { ...part, what: "later" } : part;

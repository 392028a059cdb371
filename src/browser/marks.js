// What a reload must not forget: the sessions that had something pending or stale, each with the time of its last request or
// refresh, in one JSON object of `sessionStorage` for all updates of the page. Storage that is missing or throws has no mark.

const KEY = "checkout-updates";
const YOUNG = 60_000;
const { entries, fromEntries } = Object;

/** The sessions that are to be marked by a task, which may be under way. */
const waiting = new Set();
let isDue = false;

/** The marks of the last minute; older ones, and what cannot be read, are left out. */
function young() {
  try {
    const isYoung = ([, time]) => typeof time === "number" && Math.abs(Date.now() - time) < YOUNG;
    return entries(JSON.parse(sessionStorage.getItem(KEY) ?? "{}")).filter(isYoung);
  } catch {
    return [];
  }
}

const others = (session) => young().filter(([id]) => id !== session);

/** Writes the marks, and one of now for `session`. */
function write(marks, session) {
  try {
    if (session) marks.push([session, Date.now()]);
    if (marks.length > 0) sessionStorage.setItem(KEY, JSON.stringify(fromEntries(marks)));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Nothing is remembered.
  }
}

const has = (session) => young().some(([id]) => id === session);

function writeNow(session) {
  waiting.delete(session);
  write(others(session), session);
}

function writeInTask() {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    isDue = false;
    waiting.forEach(writeNow);
  };
  port2.postMessage(0);
  isDue = true;
}

/**
 * Marks a session. The first time, unless the page is left, in a task of its own: an update that is over before that needs
 * no mark, and to write one takes longer than the rest of an update.
 */
export function mark(session, isLeft) {
  if (isLeft || has(session)) return writeNow(session);
  waiting.add(session);
  try {
    if (!isDue) writeInTask();
  } catch {
    writeNow(session);
  }
}

/** Takes the mark of a session away. */
export function unmark(session) {
  waiting.delete(session);
  write(others(session));
}

/** Whether this session has a mark. Those that are too old are removed. */
export function isMarked(session) {
  write(young());
  return has(session);
}

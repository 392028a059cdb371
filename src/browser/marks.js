// What a reload must not forget: the sessions that had something pending or stale, each with the time of its last request or
// refresh, in one JSON object of `sessionStorage` for all updates of the page. Storage that is missing or throws has no mark.

const KEY = "checkout-updates";
const YOUNG = 60_000;
const { entries, fromEntries } = Object;

/** The marks of the last minute, but for those of this session; older ones, and what cannot be read, are left out. */
function others(session) {
  try {
    const isYoung = (time) => typeof time === "number" && Math.abs(Date.now() - time) < YOUNG;
    return entries(JSON.parse(sessionStorage.getItem(KEY))).filter(([id, time]) => id !== session && isYoung(time));
  } catch {
    return [];
  }
}

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

/** Marks a session now. */
export const mark = (session) => write(others(session), session);

/** Takes the mark of a session away. */
export const unmark = (session) => write(others(session));

/** Whether this session has a mark. Those that are too old are removed. */
export function isMarked(session) {
  const marks = others(undefined);
  write(marks);
  return marks.some(([id]) => id === session);
}

// How a rule says what page it needs. This module runs in Node too, where the rules are listed.

/** A rule whose page has a clock that only moves when told. */
export const clocked = (check) => framed({ clock: "" }, check);

/** A rule on a page with these parameters, beside those that it has already: `clock`, `policy`, `dist`, `old`. */
export const framed = (parameters, check) => Object.assign((t) => check(t), { page: { ...check.page, ...parameters } });

/** For rules about how the module is loaded: whatever the other pages have, these have WebAssembly. */
export const LOADING = { policy: "strict" };
export const loading = (check) => framed(LOADING, check);

/** Rules from rows: `name(row)` is the rule's, and `check(t, row)` checks it. */
export const each = (rows, name, check, wrap = (one) => one) =>
  Object.fromEntries(rows.map((row) => [name(row), wrap((t) => check(t, row))]));

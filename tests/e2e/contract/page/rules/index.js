// Every group of rules, in the order of the contract. This module runs in Node too.
export const groups = [
  "intents",
  "limit",
  "requests",
  "wrappers",
  "kinds",
  "functions",
  "table",
  "run",
  "queue",
  "turns",
  "stale",
  "repeats",
  "payments",
  "resume",
  "metrics",
  "page",
  "wrap",
  "places",
  "pages",
];

/** The rules of all groups: `{ group, title, rules }`. */
export const load = () => Promise.all(groups.map(async (group) => ({ group, ...(await import(`./${group}.js`)) })));

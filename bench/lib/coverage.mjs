// What each way of making an update does by itself, as bench/peers uses it: the size of a thing says little without it.

/** Points of the contract, in the order of the table. */
export const POINTS = [
  "status checked",
  "timeout told apart",
  "deadline over the body",
  "intents checked",
  "one at a time",
  "latest wins",
  "stale until refreshed",
  "idempotency key",
  "retries inside one deadline",
  "metrics",
  "applied or not",
];

/** The points that each does by itself. What the page has to write around a library does not count for it. */
export const COVERAGE = {
  "hand-written": ["status checked", "timeout told apart", "deadline over the body"],
  "p-timeout-p-retry": ["timeout told apart", "deadline over the body", "retries inside one deadline"],
  cockatiel: ["timeout told apart", "deadline over the body", "retries inside one deadline"],
  "query-core": ["one at a time"],
  ky: ["status checked", "timeout told apart", "deadline over the body", "retries inside one deadline"],
  axios: ["status checked", "timeout told apart", "deadline over the body"],
  "floor-flags": ["status checked", "timeout told apart", "deadline over the body"],
  "floor-plain": ["status checked", "timeout told apart", "deadline over the body"],
  "./slim": POINTS,
  ".": POINTS,
};

/** What they are called in the tables. */
export const TITLES = {
  "hand-written": "hand-written `fetch`",
  "p-timeout-p-retry": "p-timeout + p-retry around `fetch`",
  cockatiel: "cockatiel around `fetch`",
  "query-core": "@tanstack/query-core around `fetch`",
  ky: "ky",
  axios: "axios",
  "floor-flags": "minimal Rust update, the package's build flags",
  "floor-plain": "minimal Rust update, `cargo build --release`",
  "./slim": "**checkout-updates/slim**",
  ".": "**checkout-updates**",
};

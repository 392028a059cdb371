/** The groups of faults, in the order in which the page offers them. */
export const GROUPS = ["The server's answer", "The connection", "The customer", "The page"];
const [ANSWER, CONNECTION, CUSTOMER, PAGE] = GROUPS;

/**
 * What can go wrong. `server` is the server's name of the fault, `drive` the page's part in it (see `drives.js`).
 * The control is the plan's switch unless `control` names another.
 */
export const FAULTS = [
  { id: "none", group: ANSWER, name: "Nothing goes wrong", what: "The server makes the change and confirms it." },
  {
    id: "refused",
    group: ANSWER,
    name: "Refused, with a reason",
    server: "refused",
    what: "The server refuses with status 400 and says why. Nothing is changed.",
  },
  {
    id: "says_error",
    group: ANSWER,
    name: "Refused, but with status 200",
    server: "says_error",
    what: "The server refuses, but the refusal is in the body of an answer with status 200. Nothing is changed.",
  },
  {
    id: "rate_limited",
    group: ANSWER,
    name: "Too many requests",
    server: "rate_limited",
    what: "The server is busy: status 429 and Retry-After. Nothing is changed.",
  },
  {
    id: "broken_applied",
    group: ANSWER,
    name: "Error 500, change made",
    server: "broken_applied",
    what: "The server makes the change and then fails with status 500.",
  },
  {
    id: "broken",
    group: ANSWER,
    name: "Error 500, nothing changed",
    server: "broken",
    what: "The server fails with status 500 before it changes anything.",
  },
  {
    id: "closed",
    group: ANSWER,
    name: "The checkout has expired",
    server: "closed",
    what: "The session ends before the request arrives, so the server refuses.",
  },
  {
    id: "silent",
    group: CONNECTION,
    name: "The answer never comes",
    server: "silent",
    what: "The server makes the change and never answers.",
  },
  {
    id: "slow",
    group: CONNECTION,
    name: "The answer takes 3 s",
    server: "slow",
    what: "The server makes the change and answers after 3 s.",
  },
  {
    id: "drip",
    group: CONNECTION,
    name: "The answer never ends",
    server: "drip",
    what: "The change is made. The answer starts at once with status 200, then sends a byte a second without end.",
  },
  {
    id: "reset",
    group: CONNECTION,
    name: "The connection breaks",
    server: "reset",
    what: "The change is made and the connection is reset before the answer. Browsers then repeat the request by themselves.",
  },
  {
    id: "no_network",
    group: CONNECTION,
    name: "Offline for 3 s",
    server: "no_network",
    what: "Every connection of the checkout is reset for 3 s, as if there were no network. Nothing is changed.",
  },
  {
    id: "login",
    group: CONNECTION,
    name: "A Wi-Fi log-in page answers",
    server: "login",
    what: "The network answers with its log-in page and status 200. The shop never sees the request.",
  },
  { id: "double", group: CUSTOMER, name: "Double click", drive: "double", what: "The customer clicks twice." },
  {
    id: "plus",
    group: CUSTOMER,
    name: "“+” four times",
    control: "quantity",
    drive: "plus",
    what: "One notebook is in the order. The customer presses “+” four times and wants five.",
  },
  {
    id: "back",
    group: CUSTOMER,
    name: "Leaves and comes back",
    drive: "back",
    what: "The change is made. The customer undoes it on another page of the shop and comes back with the Back button.",
  },
  {
    id: "pay",
    group: CUSTOMER,
    name: "Pays before the answer",
    server: "slow",
    drive: "pay",
    what: "The answer takes 3 s. Meanwhile the customer, who has read the old total, presses Pay.",
  },
  {
    id: "wallet",
    group: CUSTOMER,
    name: "A change while the wallet is open",
    drive: "wallet",
    what: "The customer opens a wallet, changes the order behind its sheet, and approves the total on the sheet.",
  },
  {
    id: "reload",
    group: CUSTOMER,
    name: "Reloads in the middle",
    server: "late",
    drive: "reload",
    what: "The server makes the change after 4 s. The customer reloads the page before that, reads it for 6 s and pays.",
  },
  {
    id: "refresh",
    group: PAGE,
    name: "Stripe.js cannot fetch the order",
    server: "refresh",
    what: "The server makes the change and confirms it. Then Stripe.js fails to fetch the new order.",
  },
  {
    id: "no_wasm",
    group: PAGE,
    name: "No WebAssembly",
    drive: "noWasm",
    what: "The page is loaded again with a Content-Security-Policy that forbids WebAssembly.",
  },
  {
    id: "trap",
    group: PAGE,
    name: "The module crashes",
    server: "slow",
    drive: "trap",
    what: "The package's WebAssembly module crashes while the request is under way, as a bug in it could cause.",
  },
];

/** The fault that the page opens with: it ends at once, and the customer pays the wrong amount. */
export const FIRST = "refresh";

export const faultOf = (id) => FAULTS.find((fault) => fault.id === id);

/**
 * What can go wrong. `server` is the word by which the server makes it; what the page does itself is in `drive`. The
 * control is the plan's switch unless `control` says otherwise.
 */
export const FAULTS = [
  { id: "none", name: "Nothing", what: "The server makes the change and says so." },
  { id: "silent", name: "Silent server", server: "silent", what: "The server makes the change and never answers." },
  { id: "slow", name: "Slow answer", server: "slow", what: "The server makes the change and answers after 3 s." },
  {
    id: "drip",
    name: "Dripping body",
    server: "drip",
    what: "The change is made and the answer begins at once: status 200, then a byte a second, without end.",
  },
  { id: "refused", name: "400 with a message", server: "refused", what: "The server refuses and says why." },
  {
    id: "says_error",
    name: "200 that says error",
    server: "says_error",
    what: "The server refuses, with status 200 and the refusal in the body.",
  },
  {
    id: "rate_limited",
    name: "429 with Retry-After",
    server: "rate_limited",
    what: "The server has too much to do and changes nothing.",
  },
  {
    id: "broken_applied",
    name: "500 that was applied",
    server: "broken_applied",
    what: "The server makes the change and breaks before it can say so.",
  },
  { id: "broken", name: "500 that was not", server: "broken", what: "The server breaks before it changes anything." },
  {
    id: "reset",
    name: "Connection reset",
    server: "reset",
    what: "The change is made and the connection is reset before the answer. Browsers send such a request again by themselves.",
  },
  {
    id: "no_network",
    name: "Offline",
    server: "no_network",
    what: "For 3 s every connection of the checkout is reset before anything is done, as where the network is gone.",
  },
  {
    id: "login",
    name: "Log-in page",
    server: "login",
    what: "A network's log-in page comes in place of the answer, with status 200. Nothing is changed.",
  },
  {
    id: "closed",
    name: "Closed session",
    server: "closed",
    what: "The checkout session ends before the request arrives, so the server refuses.",
  },
  {
    id: "refresh",
    name: "Refresh fails",
    server: "refresh",
    what: "The change is made and said so, and Stripe.js cannot fetch the session after it.",
  },
  { id: "double", name: "Double click", drive: "double", what: "The customer clicks twice." },
  {
    id: "plus",
    name: "“+” four times",
    control: "quantity",
    drive: "plus",
    press: "Press “+” four times",
    what: "One notebook is in the order, and the customer wants five.",
  },
  {
    id: "back",
    name: "Leaving, coming back",
    drive: "back",
    what: "The change is made. The customer goes to another page of the shop, makes it undone there, and comes back by the browser's own button.",
  },
  {
    id: "no_wasm",
    name: "No WebAssembly",
    drive: "noWasm",
    what: "The page is loaded again with a Content-Security-Policy that refuses WebAssembly.",
  },
  {
    id: "trap",
    name: "The module traps",
    server: "slow",
    drive: "trap",
    what: "While the answer is under way, the package's WebAssembly module aborts, as it would by a bug of its own.",
  },
];

export const faultOf = (id) => FAULTS.find((fault) => fault.id === id) ?? FAULTS[0];

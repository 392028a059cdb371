// The few things that the platform does and no binding types: read at each call, since pages and tests put their own there.

/** Where every copy of this package finds the stand-in server of `checkout-updates/testing`. */
export const STAND_IN = /* @__PURE__ */ Symbol.for("checkout-updates.server");

const ignore = () => {};

/** Reports what a callback of the page threw, as the browser reports any error. Safari before 15.4 has no `reportError`. */
export function report(error) {
  try {
    reportError(error);
  } catch {
    setTimeout(() => {
      throw error;
    });
  }
}

/** Milliseconds by a clock of the page; not a number where it gives anything else. */
export const time = (read) => {
  try {
    const ms = read();
    return typeof ms === "number" ? ms : NaN;
  } catch {
    return NaN;
  }
};

/** Both clocks, in one crossing. */
export function readClocks(into) {
  into[0] = time(() => performance.now());
  into[1] = time(() => Date.now());
}

/** A promise with its ends. Nobody has to handle its rejection. */
export function deferred() {
  let resolve, reject;
  const promise = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Not `catch`: the promise that this returns would go on with a page's value, whose `then` may throw.
  promise.then(ignore, ignore);
  return { __proto__: null, promise, resolve, reject };
}

/** What `await` waits for. Not `Promise.resolve`: a promise goes through that as it is, and its own `then` may throw. */
export const asPromise = (value) => new Promise((resolve) => resolve(value));

/** What `runServerUpdate` is given. Of JavaScript: a trap in a function of the module would leave it without a promise. */
export const serverUpdate = (called, promise) => () => {
  called();
  return promise;
};

/** What sends: the stand-in server of `checkout-updates/testing`, the page's option, or `fetch`. */
export const sender = (own) => {
  const found = standIn() ?? own ?? globalThis.fetch;
  return typeof found === "function" ? found : undefined;
};

export const standIn = () => globalThis[STAND_IN];

/** Calls back once after some milliseconds by a signal, which no script can clear. Returns whether there is such a one. */
export function afterBySignal(ms, call) {
  if (typeof AbortSignal !== "function" || typeof AbortSignal.timeout !== "function") return false;
  AbortSignal.timeout(ms).addEventListener("abort", call, { __proto__: null, once: true });
  return true;
}

/** Records how long an update took, for whoever observes the page's performance, and keeps nothing. */
export function measure(name, ms) {
  try {
    const start = performance.now() - ms;
    performance.measure(name, { __proto__: null, start: start > 0 ? start : 0 });
    performance.clearMeasures(name);
  } catch {
    // An environment without user timing loses this record alone.
  }
}

const OF_WINDOW = ["pagehide", "pageshow", "online"];
const OF_DOCUMENT = ["visibilitychange", "resume"];

/** Calls a method of `EventTarget` with each event of this page. To listen twice is to listen once. */
function each(method, listener) {
  if (typeof window !== "object" || typeof document !== "object") return;
  for (let at = 0; at < OF_WINDOW.length; at++) window[method](OF_WINDOW[at], listener);
  for (let at = 0; at < OF_DOCUMENT.length; at++) document[method](OF_DOCUMENT[at], listener);
}

export const listen = (listener) => each("addEventListener", listener);
export const unlisten = (listener) => each("removeEventListener", listener);

const defineProperty = Object.defineProperty;

/** Gives a function a member `failure`. Without a prototype: what a page has added to `Object.prototype` is no descriptor. */
export const withFailure = (update, get) =>
  defineProperty(update, "failure", { __proto__: null, get, enumerable: true });

/** Whether a request can be made with this signal. */
export function takesSignal(signal) {
  try {
    return Boolean(new Request("http://localhost", { __proto__: null, signal }));
  } catch {
    return false;
  }
}

/** What a refresh lets Stripe.js call. */
export const nothing = () => Promise.resolve();

/** Whether a request can be made here that outlives the page. */
export const canKeepAlive = () => typeof fetch === "function" && typeof Request === "function";

/** Sends a request that outlives the page; nobody waits for its answer. */
export const keepAlive = (request) =>
  void fetch(new Request(request, { __proto__: null, keepalive: true })).then(ignore, ignore);

let decoder;

/** The text that these bytes are: the platform's decoder is there already. */
export const decode = (bytes) => (decoder ??= new TextDecoder()).decode(bytes);

/** An answer like another, with these bytes as a body that is still to be read; the other itself where none can be made. */
export function refill(like, bytes) {
  try {
    const { url } = like;
    const response = new Response(bytes ?? null, like);
    return defineProperty(response, "url", { __proto__: null, value: url, enumerable: true, configurable: true });
  } catch {
    return like;
  }
}

// What a customer sees of a session before paying, as far as this version of Stripe.js tells it: of these members the totals,
// what recurs, and each line item.
const SHOWN = [
  ...["id", "currency", "total", "minorUnitsAmount", "amount", "amountTotal", "lineItems", "quantity"],
  ...["recurring", "interval", "intervalCount", "trial", "trialEnd", "trialPeriodDays", "dueNext"],
];

/** That as a text, to be compared; empty where it cannot be read. */
export function shown(session) {
  try {
    return JSON.stringify(session, SHOWN) ?? "";
  } catch {
    return "";
  }
}

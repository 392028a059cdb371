// A page with an `Updates` of the crate's own class, a server behind `fetch`, and clocks and events that a test can turn.

const pages = new Map();
let last = 0;

const { fetch: browsersOwn } = globalThis;
// Looked up by the module at each call, as a page's own may be put there later.
globalThis.fetch = (url, init) => {
  const [, number] = /\/page(\d+)\//.exec(String(url)) ?? [];
  const page = pages.get(Number(number));
  return page ? page.fetch(url, init) : browsersOwn(url, init);
};

// The instance that the tests run in, under the address by which the test runner's page imports it.
const glue = () => import("/wasm-bindgen-test");

/** What a test writes in JavaScript, so that each stands beside what it is for. */
// oxlint-disable-next-line no-eval
export const js = (text) => (0, eval)(`(${text})`);

class Page {
  requests = [];
  told = [];
  #answers = [];
  #waiting = [];
  #number = ++last;

  constructor(Updates, { endpoints, ...options }) {
    pages.set(this.#number, this);
    const own = (url) => url.replace(/^(https?:\/\/[^/]+)?\//, (start) => `${start}page${this.#number}/`);
    const moved = Object.entries(endpoints).map(([name, given]) => [name, { ...given, url: own(given.url) }]);
    this.updates = new Updates({
      session: () => "cs_test_a1",
      onFailure: (failure) => this.told.push(failure),
      ...options,
      endpoints: Object.fromEntries(moved),
    });
  }

  /** How the next request is answered; the last answer is for all that follow. */
  answer(answer) {
    this.#answers.push(answer);
  }

  fetch(url, init) {
    const given = url.replace(/page\d+\//, "");
    this.requests.push({ given, url: given.replace(location.origin, ""), init });
    this.#waiting = this.#waiting.filter(({ count, resolve }) => this.requests.length < count || resolve());
    return (this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0])(init);
  }

  /** Resolves once so many requests were sent. */
  sent(count) {
    if (this.requests.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }

  /** Lets go of it, as a garbage collector would. */
  leave() {
    pages.delete(this.#number);
    this.updates.free();
  }
}

export const openPage = async (options) => new Page((await glue()).Updates, options);

/** What is thrown where a page's options are wrong. */
export async function refusal(options) {
  const { Updates } = await glue();
  try {
    new Updates(options);
  } catch (error) {
    return error;
  }
}

/** Both clocks, or the wall clock alone, are ahead until what this gives is called. */
export function ahead(ms, both) {
  const { now } = Date;
  const monotonic = performance.now.bind(performance);
  Date.now = () => now() + ms;
  if (both) performance.now = () => monotonic() + ms;
  return () => {
    Date.now = now;
    delete performance.now;
  };
}

/** Puts this in the place of a member of an object until what this gives is called. */
export function replace(object, name, value) {
  const own = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
  return () => {
    if (own) Object.defineProperty(object, name, own);
    else delete object[name];
  };
}

/** What the browser tells a page. */
export function happen(kind) {
  if (kind === "hidden" || kind === "visible") {
    Object.defineProperty(document, "visibilityState", { value: kind, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
    delete document.visibilityState;
  } else if (kind === "online") window.dispatchEvent(new Event(kind));
  else if (kind === "resume") document.dispatchEvent(new Event(kind));
  else window.dispatchEvent(new PageTransitionEvent(kind.split(" ")[0], { persisted: kind.endsWith("persisted") }));
}

/** How long the module waits before the next attempt, or `null` if the promise settles instead. */
export function pauseOf(begin) {
  return new Promise((resolve) => {
    const { setTimeout: own } = globalThis;
    const end = (ms) => {
      globalThis.setTimeout = own;
      resolve(ms);
    };
    globalThis.setTimeout = (act, ms, ...given) => {
      if (ms < 10_000) end(ms);
      return own(act, ms, ...given);
    };
    begin().then(
      () => end(null),
      () => end(null),
    );
  });
}

/** What nobody handles while this runs. */
export async function unhandled(act) {
  const seen = [];
  const see = (event) => {
    event.preventDefault();
    seen.push(event.reason);
  };
  window.addEventListener("unhandledrejection", see);
  await act();
  await new Promise((resolve) => setTimeout(resolve, 50));
  window.removeEventListener("unhandledrejection", see);
  return seen;
}

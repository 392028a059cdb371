// The facade's side of one `createUpdates`, for tests of the module: a host that records what the module asks of it.

const SESSION = "cs_test_a1";
const CLOCKS = () => [performance.now(), Date.now()];

function ending() {
  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
}

class Page {
  /** What `fetch` was called with, oldest first. */
  requests = [];
  counted = [];
  measured = [];
  stale = [];
  wakes = [];
  /** The updates of which nothing more is heard. */
  forgotten = [];
  /** How often the host was asked to enter the module. */
  entered = 0;
  #glue;
  #handle;
  #lastId = 0;
  #answers = [];
  #during = new Map();
  #work = new Map();
  #ends = new Map();
  #outcomes = new Map();
  #token = () => "token";
  #alive = true;
  #nothing = () => Promise.resolve();

  constructor(glue, sessionField, csrfHeader) {
    this.#glue = glue;
    this.#handle = glue.open(this.#host(), sessionField, csrfHeader, this.#nothing);
  }

  #host() {
    return {
      enter: () => {
        this.entered++;
        if (this.#alive) this.#glue.drain(this.#handle);
      },
      wake: (ms) => {
        this.wakes.push(ms);
        this.#act("wake");
      },
      fetch: (id, url, init) => {
        this.requests.push({ id, url, init });
        this.#act("fetch");
        return (this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0])(init);
      },
      token: () => this.#token(),
      work: (id, signal) => {
        this.requests.push({ id, init: { signal } });
        return this.#work.get(id)(signal);
      },
      error: (kind, applied, endpoint, status, durationMs, attempts, requestId, message, field, reason, cause) => {
        this.#act("error");
        return { kind, applied, endpoint, status, durationMs, attempts, requestId, message, field, reason, cause };
      },
      end: (id, ok, value) => {
        this.#ends.get(id)?.resolve({ id, ok, value });
        this.#act("end");
      },
      forget: (id) => {
        this.forgotten.push(id);
        this.#act("forget");
      },
      settle: (id, ok, value, session) => {
        this.#outcomes.get(id)?.resolve({ id, ok, value, session });
        this.#act("settle");
      },
      count: (error) => {
        this.counted.push(error);
        this.#act("count");
      },
      measure: (endpoint, began) => void this.measured.push({ endpoint, began }),
      stale: (value) => {
        this.stale.push(value);
        this.#act("stale");
      },
    };
  }

  #act(during) {
    const act = this.#during.get(during);
    this.#during.delete(during);
    act?.(this);
  }

  /** Calls `act` within the next call of this function of the host. */
  during(name, act) {
    this.#during.set(name, act);
  }

  /** How the next request is answered; the last answer is for all that follow. */
  answer(answer) {
    this.#answers.push(answer);
  }

  /** How the page gives its CSRF token. */
  token(token) {
    this.#token = token;
  }

  /** Declares an endpoint as `js/updates.ts` does. */
  endpoint(name, options) {
    const { url = "/" + name, credentials = "same-origin", latest = -1, join = true, key = true, ...rest } = options;
    const { csrf = false, retries = 0, attemptTimeout = 0, timeout = 5_000 } = rest;
    this.#glue.endpoint(
      ...[this.#handle, name, url, credentials, latest, join, key, csrf, retries, attemptTimeout, timeout],
    );
  }

  field(name, kind, { optional = false, choices = [], least = 0, most = 0 }) {
    const number = ["oneOf", "identifier", "integer", "flag"].indexOf(kind);
    this.#glue.field(this.#handle, name, optional, number, least, most);
    for (const choice of choices) this.#glue.choice(this.#handle, choice);
  }

  #ask(asked, actions, function_) {
    const { id, endpoint = 0, values, undeclared, session, cause } = asked;
    this.#glue.ask(
      ...[this.#handle, id, endpoint, values, undeclared, session, cause, ...CLOCKS(), actions, function_],
    );
  }

  /** For a function of the page, its own; else an intent without values where none are given. */
  #whole(asked) {
    if (!asked.work) return { values: [], ...asked };
    this.#work.set(this.#lastId, asked.work);
    return asked;
  }

  /** A function of `request` or `wrap` is called. Gives its number. */
  call(asked) {
    const id = ++this.#lastId;
    this.#ends.set(id, ending());
    this.#outcomes.set(id, ending());
    this.#ask({ session: SESSION, ...this.#whole(asked), id });
    return id;
  }

  /** The page calls `run`. Gives the number of the caller. */
  run(actions, asked) {
    const id = ++this.#lastId;
    this.#ends.set(id, ending());
    this.#outcomes.set(id, ending());
    const update = () => {
      this.#glue.call(this.#handle, id);
      // As the facade's: nobody has to handle it twice.
      return this.ended(id).then(({ ok, value }) => (ok ? value : Promise.reject(value)));
    };
    this.#ask({ ...this.#whole(asked), id }, actions, update);
    return id;
  }

  /** The page calls `refresh`. Gives the number of the caller. */
  refresh(actions) {
    const id = ++this.#lastId;
    this.#outcomes.set(id, ending());
    this.#glue.refresh(this.#handle, id, actions);
    return id;
  }

  /** Resolves when the promise of a function is settled. */
  ended(id) {
    return this.#ends.get(id).promise;
  }

  /** How long the module waits before the next attempt, or `null` if the update ends instead. */
  paused() {
    const attempt = 10_000;
    return new Promise((resolve) => {
      this.during("end", () => resolve(null));
      const look = () => {
        const ms = this.wakes.at(-1);
        if (ms >= 0 && ms < attempt) resolve(ms);
        else this.during("wake", look);
      };
      this.during("wake", look);
    });
  }

  /** Resolves when a caller has its outcome. */
  settled(id) {
    return this.#outcomes.get(id).promise;
  }

  /** Drops every record, so that only the module can keep something. */
  clear() {
    for (const map of [this.#ends, this.#outcomes, this.#work]) map.clear();
    for (const list of [this.requests, this.measured, this.counted, this.wakes, this.forgotten]) list.length = 0;
  }

  metrics() {
    return this.#glue.metrics(this.#handle);
  }

  news() {
    return this.#glue.news(this.#handle);
  }

  note(endpoint, kind, duration) {
    this.#glue.note(this.#handle, endpoint, kind, duration);
  }

  detach(id) {
    this.#glue.detach(this.#handle, id);
  }

  cancel(endpoint) {
    this.#glue.cancel(this.#handle, endpoint);
  }

  dispose() {
    this.#glue.dispose(this.#handle);
  }

  doubt(actions) {
    this.#glue.doubt(this.#handle, actions);
  }

  /** What the page's events say; 0 looks at the clock. */
  event(event) {
    this.#glue.page(this.#handle, event);
  }

  /** Lets go of the handle, which stays in use by this page. */
  close() {
    this.#glue.close(this.#handle);
  }

  /** As the facade does it: what comes later is not let in. */
  leave() {
    this.#alive = false;
    this.close();
  }

  get handle() {
    return this.#handle;
  }
}

// The instance that the tests run in, under the address by which the test runner's page imports it.
const glue = () => import("/wasm-bindgen-test");

/** Opens a page in this module. */
export async function openPage(sessionField, csrfHeader) {
  return new Page(await glue(), sessionField, csrfHeader);
}

/** How many references the module holds, and how much memory it has taken. */
export async function taken() {
  const { __wasm } = await glue();
  return [__wasm.__wbindgen_externrefs?.length ?? 0, __wasm.memory.buffer.byteLength];
}

// The facade's side of one `createUpdates`, for tests of the module: a host that records what the module asks of it.

const SESSION = "cs_test_a1";
const CLOCKS = () => [performance.now(), Date.now()];

// The names of what the module knows by number, each in its order; docs/failures.md has them too.
const KINDS = (
  "invalid_intent invalid_session unsupported unavailable session_closed busy callback_failed cancelled timeout " +
  "network refused rate_limited server_error bad_response stripe_error refresh_failed internal"
).split(" ");
const APPLIED = ["no", "yes", "unknown"];
const REASONS = ["", "superseded", "cancelled", "signal", "disposed", "left"];
const NUMBERS = ["updates", "successes", "retries", "late", "joined", "superseded"];
const COUNTERS = [...NUMBERS, ...KINDS, "p50", "p95", "max"];

const attempt = (act) => {
  try {
    return act();
  } catch {
    return undefined;
  }
};

/** What `js/objects.ts` does, plainly. */
function createObjects(csrfHeader) {
  let words = [];
  const get = (object, word) => attempt(() => object[words[word]]);
  const callOrThrow = (object, word, argument) => object[words[word]](argument);
  return {
    words: (texts) => (words = [...texts.trim().split(" "), csrfHeader]),
    get,
    number: (object, word) => (typeof get(object, word) === "number" ? get(object, word) : NaN),
    is: (object, word) => Boolean(get(object, word)),
    says: (object, word, text) => get(object, word) === words[text],
    can: (object, word) => typeof get(object, word) === "function",
    call: (object, word, argument) => attempt(() => callOrThrow(object, word, argument)),
    callOrThrow,
    put: (object, word, value) => void (object[words[word]] = value),
    word: (word) => words[word],
    create: (word) => attempt(() => new globalThis[words[word]]()),
    bytes(object, word, most) {
      const value = get(object, word);
      return ArrayBuffer.isView(value) && value.length <= most ? value : undefined;
    },
    decode: (bytes) => new TextDecoder().decode(bytes),
    delay: (text) => Math.max(0, /^ *\d+ *$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now()),
  };
}

/** An answer like this one, with these bytes as its body. */
function refilled(answer, bytes) {
  const copy = new Response(bytes.length ? bytes.slice() : null, answer);
  return Object.defineProperty(copy, "url", { value: answer.url });
}

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
  /** Who waits for an outcome, and what the module has not let go of: `owed` and `works` of `js/updates.ts`. */
  #owed = new Map();
  #works = new Map();
  #lastActions;
  #ends = new Map();
  #outcomes = new Map();
  #token = () => "token";
  #alive = true;
  #csrfHeader;
  #timer;
  #names = [];
  #sent = [];

  constructor(glue, sessionField, csrfHeader) {
    this.#glue = glue;
    this.#csrfHeader = csrfHeader;
    this.#handle = glue.open(this.#host(), sessionField);
  }

  #host() {
    const wait = (id, what, act) => {
      const end = (ok) => (value) => {
        this.entered++;
        if (this.#alive) this.#glue.came(this.#handle, id, what, ok, value);
      };
      new Promise((resolve) => resolve(act())).then(end(true), end(false));
    };
    const objects = createObjects(this.#csrfHeader);
    const callOf = (id) => this.#works.get(id) ?? this.#owed.get(id);
    const keptOf = (id) => callOf(id)?.kept ?? {};
    const actions = (id) => (callOf(id) ?? { actions: this.#lastActions }).actions;
    const settle = (id, ok, value, session) => {
      this.#owed.delete(id);
      this.#outcomes.get(id)?.resolve({ id, ok, value, session });
      this.#act("settle");
    };
    return {
      ...objects,
      keep: (id, word, value) => void (keptOf(id)[objects.word(word)] = value),
      kept: (id, word) => keptOf(id)[objects.word(word)],
      key: (id) => `key of ${id}`,
      parse(id, text) {
        try {
          return JSON.parse(text);
        } catch (cause) {
          keptOf(id).cause = cause;
          return undefined;
        }
      },
      refill(id, bytes) {
        const { actions, kept } = callOf(id);
        if (!actions) kept.answer = attempt(() => refilled(kept.answer, bytes)) ?? kept.answer;
      },
      actions,
      wake: (ms) => {
        this.wakes.push(ms);
        clearTimeout(this.#timer);
        if (ms >= 0) this.#timer = setTimeout(() => this.#alive && this.event(0), Math.ceil(ms));
        this.#act("wake");
      },
      rest: (id) => void setTimeout(() => this.#alive && this.#glue.on(this.#handle, 6, id)),
      fetch: (id, what, init) => {
        this.requests.push({ id, init });
        this.#tellSent();
        this.#act("fetch");
        wait(id, what, () => (this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0])(init));
      },
      token: (id, what) => wait(id, what, () => this.#token()),
      work: (id, what, signal) => {
        this.requests.push({ id, init: { signal } });
        wait(id, what, () => callOf(id).own(signal));
      },
      run: (id, what) => {
        this.#act("run");
        wait(id, what, () => actions(id).runServerUpdate(callOf(id)?.update ?? (() => Promise.resolve())));
      },
      later: (id, what, ...asked) => wait(id, what, () => objects.callOrThrow(...asked)),
      fail: (id, settles, kind, applied, status, durationMs, attempts, reason) => {
        this.#act("fail");
        const kept = keptOf(id);
        const { requestId = "", message = "", field = "", cause } = kept;
        kept.cause = undefined;
        const names = { kind: KINDS[kind], applied: APPLIED[applied], reason: REASONS[reason] };
        const error = { ...names, status, durationMs, attempts, requestId, message, field, cause };
        if (settles) settle(id, false, error, undefined);
        else kept.result = error;
      },
      end: (id, ok) => {
        const { answer, result } = keptOf(id);
        this.#ends.get(id)?.resolve({ id, ok, value: ok ? answer : result });
        this.#act("end");
      },
      forget: (id) => {
        this.#works.delete(id);
        this.forgotten.push(id);
        this.#act("forget");
      },
      settle: (caller, id, ok, session) => settle(caller, ok, keptOf(id).result, session),
      count: (id) => {
        this.counted.push(keptOf(id).result);
        this.#act("count");
      },
      measure: (endpoint, ms) => {
        this.measured.push({ endpoint: this.#names[endpoint], began: performance.now() - ms });
      },
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

  #tellSent() {
    this.#sent = this.#sent.filter(({ count, resolve }) => this.requests.length < count || resolve());
  }

  /** Resolves once so many requests were sent. */
  sent(count) {
    return new Promise((resolve) => {
      this.#sent.push({ count, resolve });
      this.#tellSent();
    });
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
    const { latest = -1, join = true, key = true, csrf = false, ...rest } = options;
    const { retries = 0, attemptTimeout = 0, timeout = 5_000 } = rest;
    this.#names.push(name);
    this.#glue.endpoint(this.#handle, latest, join, key, csrf, retries, attemptTimeout, timeout);
  }

  field(name, kind, { optional = false, choices = [], least = 0, most = 0 }) {
    const number = ["oneOf", "identifier", "integer", "flag"].indexOf(kind);
    this.#glue.field(this.#handle, name, optional, number, least, most);
    for (const choice of choices) this.#glue.choice(this.#handle, choice);
  }

  /** A symbol stands for what could not be read. */
  #say(value) {
    const known = ["string", "number", "boolean", "undefined", "symbol"].indexOf(typeof value);
    const number = known === 1 || known === 2 ? Number(value) : 0;
    this.#glue.value(this.#handle, known < 0 ? 5 : known, number, known ? "" : value);
  }

  #ask(asked, run, actions) {
    const id = ++this.#lastId;
    const { endpoint = 0, values = [], undeclared, session, cause, work: own } = asked;
    const update = () => {
      this.#glue.on(this.#handle, 5, id);
      // As the facade's: nobody has to handle it twice.
      return this.ended(id).then(({ ok, value }) => (ok ? value : Promise.reject(value)));
    };
    const call = { own, actions, update, kept: { cause } };
    for (const calls of [this.#owed, this.#works]) calls.set(id, call);
    for (const endings of [this.#ends, this.#outcomes]) endings.set(id, ending());
    for (const value of own ? [] : [session, ...values]) this.#say(value);
    this.#glue.ask(this.#handle, id, endpoint, run, Boolean(own), undeclared, ...CLOCKS());
    return id;
  }

  /** A function of `request` or `wrap` is called. Gives its number. */
  call(asked) {
    return this.#ask({ session: SESSION, ...asked }, false);
  }

  /** The page calls `run`. Gives the number of the caller. */
  run(actions, asked) {
    this.#lastActions = actions;
    return this.#ask(asked, true, actions);
  }

  /** The page calls `refresh`. Gives the number of the caller. */
  refresh(actions) {
    const id = ++this.#lastId;
    this.#lastActions = actions;
    this.#owed.set(id, { actions, kept: {} });
    this.#outcomes.set(id, ending());
    this.#glue.on(this.#handle, 10, id);
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
    for (const map of [this.#ends, this.#outcomes, this.#owed, this.#works]) map.clear();
    for (const list of [this.requests, this.measured, this.counted, this.wakes, this.forgotten]) list.length = 0;
  }

  /** A counter of an endpoint by its name, a kind of failure or a percentile; negative where there is none. */
  counter(endpoint, name) {
    return this.#glue.count(this.#handle, endpoint, COUNTERS.indexOf(name));
  }

  note(endpoint, kind, duration) {
    this.#glue.note(this.#handle, endpoint, KINDS.indexOf(kind), duration);
  }

  detach(id) {
    this.#glue.on(this.#handle, 7, id);
  }

  cancel(endpoint) {
    this.#glue.on(this.#handle, 8, endpoint ?? -1);
  }

  dispose() {
    this.#glue.on(this.#handle, 9, 0);
  }

  /** The module before this one died. */
  doubt(actions) {
    this.#lastActions = actions;
    this.#glue.on(this.#handle, 11, 0);
  }

  /** What the page's events say; 0 looks at the clock. */
  event(event) {
    this.#glue.on(this.#handle, event, 0);
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

/** A laptop sleeps so long: only the wall clock goes on. Gives how to set it right again. */
export function sleep(ms) {
  const { now } = Date;
  Date.now = () => now() + ms;
  return () => void (Date.now = now);
}

/** How many references the module holds, and how much memory it has taken. */
export async function taken() {
  const { __wasm } = await glue();
  return [__wasm.__wbindgen_externrefs?.length ?? 0, __wasm.memory.buffer.byteLength];
}

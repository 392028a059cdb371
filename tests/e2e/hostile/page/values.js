// Values that no page should pass, and some that it should: each follows from the random numbers that it is given.

/** What a hostile getter, trap or function throws; a page's own error, so it may be reported. */
export class Hostile extends Error {
  name = "Hostile";
}

const throwing = () => {
  throw new Hostile("thrown by the page");
};

const LONG = "x".repeat(10 * 1024 * 1024);
const NAMES = ["plan", "item", "quantity", "gift", "code", "__proto__", "constructor", "toJSON", "then", "amount"];
const MEMBERS = [
  ...NAMES,
  ...["type", "status", "ok", "error", "message", "session", "success", "kind", "applied", "name", "stack", "cause"],
  ...["body", "headers", "text", "json", "clone", "getReader", "response", "aborted", "addEventListener", "reason"],
  ...["getSession", "runServerUpdate", "id", "canConfirm", "endpoints", "rules", "options", "url", "latest", "retries"],
];

const PRIMITIVES = [
  ...[undefined, null, true, false, 0, -0, 1, 3, 10, 11, -1, 1.5, NaN, Infinity, 2 ** 53, 1e300, 5n, 2n ** 70n],
  ...[
    Symbol("page"),
    Symbol.iterator,
    "",
    " ",
    "monthly",
    "yearly",
    "weekly",
    "li_1",
    "SUMMER 20",
    "NOËL",
    "3",
    "true",
  ],
  ...[
    "\ud800",
    "a\udc00b",
    "\0",
    "line\nbreak",
    "\u202e",
    "__proto__",
    "<b>no</b>",
    "cs_test_hostile",
    "cs_test_a_secret_b",
  ],
  ...[
    "sk_test_key",
    "rk_live_key",
    "whsec_key",
    "pi_1_secret_2",
    "x".repeat(256),
    "[object Object]",
    '{"a":1}',
    "error",
  ],
];

const sandboxed = document.querySelector("iframe");
const realm = sandboxed.contentWindow;

/** A promise of the page's, whose rejection is the page's to handle. */
function handled(promise) {
  const ignore = () => undefined;
  // Not by `catch`, whose own promise would go on with the value.
  promise.then(ignore, ignore);
  return promise;
}

/** A function of hostile values of at most this depth. */
export function valuesOf(random) {
  const { below, chance, pick } = random;

  const record = (depth) => {
    const made = chance(0.1) ? Object.create(null) : {};
    for (let count = below(5); count > 0; count--) {
      const name = chance(0.95) ? pick(MEMBERS) : Symbol("member");
      const value = any(depth - 1);
      const kind = below(8);
      if (kind === 0) Object.defineProperty(made, name, { get: throwing, enumerable: chance(0.8), configurable: true });
      else if (kind === 1)
        Object.defineProperty(made, name, { get: () => any(0), enumerable: true, configurable: true });
      else Object.defineProperty(made, name, { value, enumerable: chance(0.9), configurable: true, writable: true });
    }
    return made;
  };

  /** An object that answers otherwise each time, throws, or tells lies about its members. */
  const proxy = (depth) => {
    const target = chance(0.3) ? () => any(0) : record(depth);
    const lies = {
      get: (object, name, receiver) =>
        pick([() => any(depth - 1), () => Reflect.get(object, name, receiver), throwing])(),
      has: () => chance(0.5) || throwing(),
      ownKeys: () => pick([() => [...NAMES], () => [], () => Reflect.ownKeys(target), throwing])(),
      getOwnPropertyDescriptor: (object, name) =>
        pick([
          () => ({ value: any(0), enumerable: true, configurable: true, writable: true }),
          () => Reflect.getOwnPropertyDescriptor(object, name),
          throwing,
        ])(),
      getPrototypeOf: () => pick([() => null, () => Error.prototype, () => Response.prototype, throwing])(),
      apply: () => pick([() => any(depth - 1), throwing])(),
      set: () => chance(0.5),
      defineProperty: () => chance(0.5),
    };
    for (const trap of Object.keys(lies)) if (chance(0.4)) delete lies[trap];
    if (!chance(0.15)) return new Proxy(target, lies);
    const { proxy: gone, revoke } = Proxy.revocable(target, {});
    if (chance(0.5)) revoke();
    else void Promise.resolve().then(revoke);
    return gone;
  };

  /** A promise of the page's own making. */
  const thenable = (depth) => {
    const ways = [
      (resolve) => (resolve(any(depth - 1)), resolve(any(0))),
      (resolve, reject) => (reject(any(depth - 1)), resolve(any(0))),
      (resolve) => (resolve(any(0)), throwing()),
      (resolve) => void setTimeout(() => resolve(any(0)), below(3000)),
      () => undefined,
      throwing,
    ];
    const way = pick(ways);
    if (chance(0.2)) return Object.defineProperty({}, "then", { get: pick([throwing, () => way, () => any(0)]) });
    if (!chance(0.4)) return { then: way };
    return handled(new Promise(way));
  };

  const cyclic = (depth) => {
    const made = record(depth);
    Object.defineProperty(made, pick(NAMES), { value: made, enumerable: true });
    return made;
  };

  const detached = () => {
    const buffer = new ArrayBuffer(16);
    const view = new Uint8Array(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    return pick([buffer, view]);
  };

  const exotic = [
    () => new Date(NaN),
    () => new Map([[any(0), any(0)]]),
    () => new Set([any(0)]),
    () => /page/g,
    () => new String(pick(["monthly", "yearly"])),
    () => Object(1),
    () => Object(Symbol("boxed")),
    () => document.all,
    () => document.createElement("input"),
    () => realm,
    () => globalThis,
    () => new WeakMap(),
    () => new AbortController().signal,
    () => AbortSignal.abort(any(0)),
    () => new Event("page"),
    () => new Response(pick(["{}", "", '{"type":"error","message":"No."}', "<p>"]), { status: pick([200, 400, 500]) }),
    () => new Headers({ "request-id": "req_1" }),
    () => new (class Mine extends Error {})("page"),
    () => Object.freeze(record(1)),
    () => Object.seal([any(0), any(0)]),
    () => ({ toString: throwing, valueOf: throwing, [Symbol.toPrimitive]: throwing, toJSON: throwing }),
    () => Object.defineProperty(() => any(0), "name", { get: throwing }),
    () => (chance(0.02) ? LONG : "x"),
  ];

  const functions = [
    (depth) => () => any(depth - 1),
    () => throwing,
    // As a `then` nobody takes what it gives, so its rejection is the page's to handle.
    (depth) => () => handled((async () => any(depth - 1))()),
    () => class Page {},
    (depth) => () => thenable(depth),
    () => function* () {},
  ];

  /** Any value at all. */
  function any(depth) {
    if (depth <= 0 || chance(0.35)) return pick(PRIMITIVES);
    const kind = below(10);
    if (kind < 2) return record(depth);
    if (kind < 4) return proxy(depth);
    if (kind < 5) return thenable(depth);
    if (kind < 6) return cyclic(depth);
    if (kind < 7) return detached();
    if (kind < 8) return [any(depth - 1), any(depth - 1)];
    if (kind < 9) return pick(functions)(depth);
    return pick(exotic)();
  }

  return { any, record, proxy, thenable, throwing };
}

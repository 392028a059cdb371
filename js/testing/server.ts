import type { DisposedBySymbol } from "../types.js";

/** The function that the package calls in place of `fetch` while it is there. Known to every copy of the package. */
const PLACE = Symbol.for("checkout-updates.server");

type Fetch = (url: string, init?: RequestInit) => Promise<Response>;
/** The newest server, linked to the ones it was opened inside; another copy of the package may have made those. */
type Link = Fetch & { outer?: Link | undefined; closed?: boolean };
type Place = { [PLACE]?: Link };

/** A request that the package made. */
export interface FakeRequest {
  readonly url: string;
  /** The path without the query. It selects the handler. */
  readonly path: string;
  readonly method: string;
  /** The headers, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it was sent. */
  readonly text: string;
  readonly signal: AbortSignal | null;
}

/** The members that an answer must have. Every `Response` has them. */
export interface FakeAnswer {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

type Handled = object | string | number | boolean | null | undefined | void;

/**
 * Answers a request. Return a `Response` or the result of `respond` to send it unchanged, a number for a status without a
 * body, a string for the body, nothing for 204, or any other value to send it as JSON. Throw to break the connection.
 */
export type FakeHandler = (body: any, request: FakeRequest) => Handled | PromiseLike<Handled>;

export interface FakeServer extends DisposedBySymbol {
  /** Every request so far, oldest first. */
  readonly requests: readonly FakeRequest[];
  /** Replaces or adds a handler. */
  handle(path: string, handler: FakeHandler): void;
  /** Closes the server. Requests then go to the server opened before it, if that is still open, or to the network. */
  close(): void;
}

/** Creates an answer with a status, a body and headers. A body that is not a string is sent as JSON. */
export function respond(status: number, body?: unknown, headers: Record<string, string> = {}): FakeAnswer {
  const text = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "text/plain" : "application/json";
  const all = text === null ? headers : { "content-type": type, ...headers };
  // jsdom has none.
  return typeof Response === "function" ? new Response(text, { status, headers: all }) : plain(status, text ?? "", all);
}

/**
 * Answers the package's requests in a test, without a network, in Node too. The newest server is asked.
 *
 * `handlers` are found by the path of the endpoint's URL; a path that nobody handles is answered by 404.
 */
export function createFakeServer(handlers: Record<string, FakeHandler>): FakeServer {
  const known = new Map(Object.entries(handlers));
  const requests: FakeRequest[] = [];

  const answer: Link = async (url, init = {}) => {
    const signal = init.signal ?? null;
    if (signal?.aborted) throw reasonOf(signal);
    const request: FakeRequest = {
      url,
      path: url.replace(/^[a-z]+:\/\/[^/?#]*/i, "").replace(/[?#].*$/, "") || "/",
      method: (init.method ?? "GET").toUpperCase(),
      headers: headersOf(init.headers),
      text: typeof init.body === "string" ? init.body : "",
      signal,
    };
    requests.push(request);
    const handler = known.get(request.path);
    const handled = handler
      ? await untilAborted(signal, async () => handler(bodyOf(request.text), request))
      : respond(404, { type: "error", message: `No handler for ${request.path}.` });
    return toAnswer(handled) as Response;
  };

  const close = (): void => {
    answer.closed = true;
    let newest = place[PLACE];
    while (newest?.closed) newest = newest.outer;
    if (newest) place[PLACE] = newest;
    else delete place[PLACE];
  };
  const place = globalThis as Place;
  answer.outer = place[PLACE];
  place[PLACE] = answer;
  return {
    requests,
    handle: (path, handler) => void known.set(path, handler),
    close,
    // Older engines have no such symbol, and then nobody asks for it.
    [Symbol.dispose ?? Symbol.for("Symbol.dispose")]: close,
  } as FakeServer;
}

function toAnswer(handled: Handled): FakeAnswer {
  if (handled === undefined || handled === null) return respond(204);
  if (typeof handled === "number") return respond(handled);
  if (typeof handled === "object" && "status" in handled && "text" in handled) return handled as FakeAnswer;
  return respond(200, handled);
}

/** Settles as the work does, or rejects when the signal is aborted, whichever is first. */
function untilAborted<T>(signal: AbortSignal | null, work: () => Promise<T>): Promise<T> {
  if (!signal) return work();
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(reasonOf(signal));
    // Without options: what a page has put on `Object.prototype` would be among them.
    signal.addEventListener("abort", abort);
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", abort));
  });
}

function reasonOf(signal: AbortSignal): unknown {
  return signal.reason ?? Object.assign(new Error("The request was aborted."), { name: "AbortError" });
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function headersOf(given: RequestInit["headers"]): Record<string, string> {
  const entries =
    given === undefined
      ? []
      : Array.isArray(given)
        ? given
        : typeof (given as Headers).forEach === "function"
          ? listed(given as Headers)
          : Object.entries(given);
  return Object.fromEntries(entries.map(([name, value]) => [String(name).toLowerCase(), String(value)]));
}

function listed(headers: Headers): [string, string][] {
  const entries: [string, string][] = [];
  headers.forEach((value, name) => entries.push([name, value]));
  return entries;
}

/** As much of a `Response` as can be had where there is none. */
function plain(status: number, text: string, headers: Record<string, string>): FakeAnswer {
  const known = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: { get: (name) => known.get(name.toLowerCase()) ?? null },
    text: async () => text,
    ...{
      statusText: "",
      type: "basic",
      redirected: false,
      url: "",
      body: null,
      bodyUsed: false,
      json: async () => JSON.parse(text),
      clone: () => plain(status, text, headers),
    },
  };
}

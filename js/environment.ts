/** Where the stand-in server of `./testing` is found, by every copy of this package. */
export const STAND_IN = Symbol.for("checkout-updates.server");

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const standIn = (): Fetch | undefined => (globalThis as { [STAND_IN]?: Fetch })[STAND_IN];

/** Whether updates can run here: in a browser, or where the stand-in server answers. */
export const canRun = (): boolean => typeof location === "object" || standIn() !== undefined;

/** Whether this is a page, where the engine may be loaded before it is needed. */
export const isPage = (): boolean => typeof document === "object";

/** Sends a request. A path goes to the page's own origin, wherever a `<base>` points. */
export function send(url: string, init: RequestInit): Promise<Response> {
  const answer = standIn();
  const origin = answer && typeof location !== "object" ? "http://localhost" : location.origin;
  const full = url.startsWith("/") ? origin + url : url;
  return answer ? answer(full, init) : fetch(full, init);
}

/** Reports what a callback of the page threw, as the browser reports any error; nothing else changes. */
export function report(error: unknown): void {
  if (typeof reportError === "function") reportError(error);
  else
    setTimeout(() => {
      throw error;
    });
}

/** Calls a callback of the page. */
export function safely<A extends unknown[]>(callback: ((...given: A) => void) | undefined, ...given: A): void {
  try {
    callback?.(...given);
  } catch (error) {
    report(error);
  }
}

/** Records how long an update took, for whoever observes the page's performance, and keeps nothing. */
export function measure(endpoint: string, ms: number): void {
  const name = `checkout-updates:${endpoint}`;
  try {
    performance.measure(name, { start: Math.max(0, performance.now() - ms) });
    performance.clearMeasures(name);
  } catch {
    // An environment without user timing loses this record alone.
  }
}

/** Where the stand-in server of `./testing` is found, by every copy of this package. */
const STAND_IN = Symbol.for("checkout-updates.server");

/** Whether the stand-in server answers. */
export const hasStandIn = (): boolean => (globalThis as { [STAND_IN]?: unknown })[STAND_IN] !== undefined;

/** Whether updates can run here: in a browser, or where the stand-in server answers. */
export const canRun = (): boolean => typeof location === "object" || hasStandIn();

/** Whether this is a page, where the engine may be loaded before it is needed. */
export const isPage = (): boolean => typeof document === "object";

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

import { report, standIn } from "../src/browser/platform.js";

/** Whether updates can run here: in a browser, or if the stand-in server of `./testing` answers. */
export const canRun = (): boolean => typeof location === "object" || Boolean(standIn());

/** Whether this is a page, where the engine may be loaded before it is needed. */
export const isPage = (): boolean => typeof document === "object";

/** Calls a callback of the page. */
export function safely<A extends unknown[]>(callback: ((...given: A) => void) | undefined, ...given: A): void {
  try {
    callback?.(...given);
  } catch (error) {
    report(error);
  }
}

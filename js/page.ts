import { isPage } from "./environment.js";

/** What the engine knows the page's events by: see `on` in `src/exports.rs`. */
export const LOOK = 0;
const AWAKE = 1;
const LEFT = 2;
const BACK = 3;
const BACK_FROM_CACHE = 4;

/** Tells of what matters to updates, `hidden` first; gives the function that ends this. */
export function watchPage(tell: (event: number) => void, hidden: () => void): () => void {
  if (!isPage()) return () => {};
  const watching = new AbortController();
  const on = (target: EventTarget, types: string[]) => {
    for (const type of types) target.addEventListener(type, look as EventListener, { signal: watching.signal });
  };
  function look({ type, persisted }: Event & { persisted?: boolean }): void {
    const isHidden = document.visibilityState === "hidden";
    if (type === "pagehide" || isHidden) hidden();
    if (type === "pagehide") tell(LEFT);
    else if (type === "pageshow") tell(persisted ? BACK_FROM_CACHE : BACK);
    else tell(isHidden ? LOOK : AWAKE);
  }
  on(window, ["pagehide", "pageshow", "online"]);
  on(document, ["visibilitychange", "resume"]);
  return () => watching.abort();
}

import { callback, checked, fail, matches, needed, record, type Row } from "../src/browser/check.js";
import { report, safely } from "./environment.js";
import type { Endpoint, Endpoints, IntentOf, Outcome, SessionOf, Updates } from "./types.js";

type Intent<E extends Endpoints, N extends keyof E> = E[N] extends Endpoint<infer R> ? IntentOf<R> : never;

/** What `bindSwitch` takes. */
export interface SwitchOptions<E extends Endpoints, N extends keyof E & string, A extends object> {
  updates: Updates<E>;
  /** What has `runServerUpdate`, as for `run`. */
  actions: A;
  /** The endpoint. */
  name: N;
  /** The intent that switches it on. */
  on: Intent<E, N>;
  /** The intent that switches it off. */
  off: Intent<E, N>;
  /** What the button says while it is on, and while it is off. Default: its text is left alone, as a checkbox's is. */
  labels?: { on: string; off: string } | undefined;
  /** Whether it is on in this session. Default: it starts as its `aria-checked` (or `checked`) says. */
  isOn?: ((session: SessionOf<A>) => boolean) | undefined;
  /** The live region for messages. Default: a new element with `role="status"` behind the button. */
  status?: HTMLElement | undefined;
  /** Called after each update, for what else the page wants to draw. */
  onOutcome?: ((outcome: Outcome<SessionOf<A>>) => void) | undefined;
}

/** Marks a live region that was made here. */
const OWN = "data-checkout-updates-status";

/** A bound switch: own functions that use no `this`. */
export interface BoundSwitch {
  /** Draws it as on or off, where the session has changed by other means. Sends nothing. */
  set(on: boolean): void;
  /** Lets go of the button. An update that is under way goes on. */
  unbind(): void;
}

/** The region that an earlier life of this page has left: a page that is restored as a clone has it, and its message. */
function leftBehind(place: Element): Element | null {
  for (let next = place.nextElementSibling; next; next = next.nextElementSibling) {
    if (next.hasAttribute(OWN)) return next;
    if (next.matches("[role=switch]") || next.querySelector("[role=switch]")) return null;
  }
  return null;
}

const object: Row = [(value) => Object(value) === value, "an object"];

const OPTIONS: Record<keyof SwitchOptions<Endpoints, string, object>, Row> = {
  updates: needed(record),
  actions: needed(object),
  name: needed(matches(/./s, "the name of an endpoint")),
  on: needed(record),
  off: needed(record),
  labels: record,
  isOn: callback,
  status: object,
  onOutcome: callback,
};

/**
 * Makes a button a switch of the checkout: `role="switch"`, `aria-checked`, `aria-busy`, by mouse and by keyboard, one
 * update at a time. It shows what was applied, so after a failure it is where it was, and the message is in a live
 * region. An `<input type="checkbox">` keeps `checked` in place of `aria-checked`.
 *
 * @throws TypeError for a wrong option or an undeclared name.
 */
export function bindSwitch<E extends Endpoints, N extends keyof E & string, A extends object>(
  button: HTMLElement,
  options: SwitchOptions<E, N, A>,
): BoundSwitch {
  const { updates, actions, name, on, off, labels, isOn, status, onOutcome } = checked("bindSwitch", options, OPTIONS);
  if (!button) fail("bindSwitch", "there is no button");
  // Throws for an undeclared name, and sends nothing.
  updates.request(name, on);

  const box =
    button.tagName === "INPUT" && (button as HTMLInputElement).type === "checkbox"
      ? (button as HTMLInputElement)
      : null;
  // Not inside the label, which would then be called by the message too.
  const place = box?.closest("label") ?? button;
  const region = status ?? leftBehind(place) ?? document.createElement("span");
  const attribute = (key: string, value: unknown) => button.setAttribute(key, String(value));
  const isBusy = () => button.getAttribute("aria-busy") === "true";
  let isNow = startsOn() ?? (box ? box.checked : button.getAttribute("aria-checked") === "true");
  let isBound = true;

  /** What the session says, where it can be read already: what the page shows may be what a browser has restored. */
  function startsOn(): boolean | undefined {
    const { getSession, session } = actions as Record<string, unknown>;
    const read = isOn && [getSession, session].find((own) => typeof own === "function");
    try {
      return read ? isOn((read as () => SessionOf<A>)()) : undefined;
    } catch (error) {
      report(error);
      return undefined;
    }
  }

  function set(next: boolean): void {
    isNow = next;
    if (box) {
      box.checked = next;
      return;
    }
    attribute("aria-checked", next);
    const label = labels?.[next ? "on" : "off"];
    if (label !== undefined && button.textContent !== label) button.textContent = label;
  }

  async function press(): Promise<void> {
    // `aria-busy` and not `disabled`, which would take the focus from those who use the keyboard.
    if (isBusy()) return;
    const wanted = !isNow;
    attribute("aria-busy", true);
    region.textContent = "";
    const outcome = await updates.run(actions, name, wanted ? on : off);
    if (!isBound) return;
    attribute("aria-busy", false);
    const isApplied = outcome.type === "success" || outcome.error.applied === "yes";
    const session = outcome.type !== "cancelled" && outcome.session;
    set(isOn && session ? isOn(session) : isApplied ? wanted : isNow);
    if (outcome.type === "error") region.textContent = outcome.error.message;
    safely(onOutcome, outcome);
  }

  const click = (event: Event): void => {
    // A button in a form would submit it.
    event.preventDefault();
    // A checkbox is put back after its event, even where all is done by then.
    if (box) setTimeout(() => isBound && set(isNow));
    press().catch(report);
  };
  const key = (event: KeyboardEvent): void => {
    if ((event.key === " " || event.key === "Enter") && !event.repeat) click(event);
  };

  attribute("role", "switch");
  attribute("aria-busy", false);
  if (box) box.removeAttribute("aria-checked");
  set(isNow);
  region.textContent = "";
  if (!status) {
    region.setAttribute("role", "status");
    region.setAttribute(OWN, "");
    place.after(region);
  }
  button.addEventListener("click", click);
  const isNative = button.tagName === "BUTTON" || box !== null;
  if (!isNative) {
    // What is no button is made reachable, and answers the keys that a button answers by itself.
    button.tabIndex = 0;
    button.addEventListener("keydown", key);
  }

  return {
    set,
    unbind: () => {
      isBound = false;
      attribute("aria-busy", false);
      button.removeEventListener("click", click);
      button.removeEventListener("keydown", key);
      if (!status) region.remove();
    },
  };
}

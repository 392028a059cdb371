import { callback, checked, needed, record, text, type Row } from "../src/browser/check.js";
import { report } from "../src/browser/platform.js";
import { safely } from "./environment.js";
import type { CheckoutUpdateErrorShape, Endpoints, IntentFor, Outcome, SessionOf, Updates } from "./types.js";

/** The options of `bindSwitch`. */
export interface SwitchOptions<E extends Endpoints, N extends keyof E & string, A extends object> {
  updates: Updates<E>;
  /** The object that has `runServerUpdate`, as for `run`. */
  actions: A;
  /** The endpoint. */
  name: N;
  /** The intent that switches it on. */
  on: IntentFor<E, N>;
  /** The intent that switches it off. */
  off: IntentFor<E, N>;
  /**
   * Returns whether the switch is on in this session. The switch then always shows the session's state, even if the server
   * makes a failed change later. Without it, the switch starts with its `aria-checked` (or `checked`) and moves on success.
   */
  isOn?: ((session: SessionOf<A>) => boolean) | undefined;
  /** The object of `initCheckoutElementsSdk` or `initCheckoutFormSdk`: `isOn` is asked again after each of its changes. */
  sdk?: { on(event: "change", handler: (session: any) => void): unknown } | undefined;
  /** The live region for messages. Default: a new element with `role="status"` after the button. */
  status?: HTMLElement | undefined;
  /** Called after each update, for example to draw the rest of the page. */
  onOutcome?: ((outcome: Outcome<SessionOf<A>>) => void) | undefined;
}

/** A bound switch. Its functions do not use `this`. */
export interface BoundSwitch {
  /** Draws it as on or off, if the change was made by other means. Sends nothing. */
  set(on: boolean): void;
  /** Removes the message. The next press and the end of a doubt remove it too. */
  dismiss(): void;
  /** Releases the button. An update that is under way goes on. */
  unbind(): void;
}

/** Marks a live region that was made here. */
const OWN = "data-checkout-updates-status";

/** Where an element keeps the end of its binding, also for another copy of this package. A clone has none. */
const BOUND = Symbol.for("checkout-updates.switch");

const OPTIONS: Record<"button" | keyof SwitchOptions<Endpoints, string, object>, Row> = {
  button: needed(record),
  updates: needed(record),
  actions: needed(record),
  name: needed(text),
  on: needed(record),
  off: needed(record),
  isOn: callback,
  sdk: record,
  status: record,
  onOutcome: callback,
};

/**
 * Turns a button into a switch for the checkout. It sets `role="switch"`, `aria-checked` and `aria-busy`, handles mouse and
 * keyboard, runs one update at a time, and shows messages in a live region. An `<input type="checkbox">` uses `checked`
 * instead of `aria-checked`. An element has one binding: a second one ends the first.
 *
 * @throws TypeError for a wrong option or an undeclared name.
 */
export function bindSwitch<E extends Endpoints, N extends keyof E & string, A extends object>(
  button: HTMLElement,
  options: SwitchOptions<E, N, A>,
): BoundSwitch {
  const given = checked("bindSwitch", { button, ...options }, OPTIONS);
  const { updates, actions, name, on, off, isOn, sdk, status, onOutcome } = given;
  // Throws for an undeclared name, and sends nothing.
  updates.request(name, on);
  const bindings = button as unknown as { [BOUND]?: () => void };
  bindings[BOUND]?.();

  const box = button.matches("input[type=checkbox]") ? (button as HTMLInputElement) : null;
  // Not inside the label, which would then be called by the message too.
  const place = box?.closest("label") ?? button;
  const next = place.nextElementSibling;
  // A page that is restored as a clone has the region of its earlier life.
  const region = status ?? (next?.hasAttribute(OWN) ? next : document.createElement("span"));
  const attribute = (key: string, value: unknown) => button.setAttribute(key, value as string);
  const isShownOn = () => (box ? box.checked : button.getAttribute("aria-checked") === "true");
  const isPending = () => [on, off].some((intent) => updates.isPending(name, intent as any));
  let isBound = true;
  let state = isShownOn();
  let wasStale = updates.isStale();
  let failure: CheckoutUpdateErrorShape | null = null;

  function set(isNow: boolean): void {
    if (!isBound) return;
    state = isNow;
    if (box) box.checked = isNow;
    else attribute("aria-checked", isNow);
  }

  /** Draws what the session says. If it cannot be read, what is shown stands. */
  function draw(told?: unknown): void {
    if (!isBound) return;
    safely(() => {
      const from = actions as Record<string, any>;
      const read = ["getSession", "session"].find((key) => typeof from[key] === "function");
      const session = read ? from[read]() : told;
      if (isOn && session) set(!!isOn(session));
    });
    attribute("aria-busy", isPending());
  }

  function dismiss(): void {
    // A region of the page may have somebody else's message by now.
    if (failure && region.textContent === failure.message) region.textContent = "";
    failure = null;
  }

  function changed(): void {
    const isStale = updates.isStale();
    // What was in doubt is known now.
    if (wasStale && !isStale && failure?.applied !== "no") dismiss();
    wasStale = isStale;
    draw();
  }

  async function run(isNext: boolean): Promise<void> {
    dismiss();
    const running = updates.run(actions, name, isNext ? on : off);
    draw();
    const outcome = await running;
    if (!isBound) return;
    const { error, session } = outcome as Partial<Outcome & { error: CheckoutUpdateErrorShape; session: unknown }>;
    const isApplied = !error || error.applied === "yes";
    if (!isOn && isApplied) set(isNext);
    // A change that was made and is shown already needs no message.
    if (outcome.type === "error" && (!isApplied || updates.isStale())) {
      failure = outcome.error;
      region.textContent = failure.message;
    }
    draw(session);
    safely(onOutcome, outcome);
  }

  /** Draws what was shown before this event once more, after it. */
  function restore(): void {
    setTimeout(() => {
      set(state);
      draw();
    });
  }

  function click(event: Event): void {
    // A button in a form would submit it.
    event.preventDefault();
    // A checkbox has changed by now, and is put back after its event: whatever is drawn until then is lost.
    state = box ? !box.checked : isShownOn();
    if (box) restore();
    // `aria-busy` and not `disabled`, which would take the focus from those who use the keyboard.
    if (!isPending() && !button.closest("[aria-disabled=true]")) run(!state).catch(report);
  }

  function key(event: KeyboardEvent): void {
    if ((event.key === " " || event.key === "Enter") && !event.repeat) click(event);
  }

  /** A form is reset after its event. */
  function reset(): void {
    state = isShownOn();
    restore();
  }

  attribute("role", "switch");
  if (box) box.removeAttribute("aria-checked");
  set(state);
  region.textContent = "";
  if (!status) {
    region.setAttribute("role", "status");
    region.setAttribute(OWN, "");
    place.after(region);
  }
  button.addEventListener("click", click);
  box?.form?.addEventListener("reset", reset);
  if (!box && !button.matches("button")) {
    // What is no button is made reachable, and answers the keys that a button answers by itself.
    button.tabIndex = 0;
    button.addEventListener("keydown", key);
  }
  const unsubscribe = updates.subscribe(changed);
  // Up to version 7 of Stripe.js the two were one object. There is no way to end this, so `draw` looks whether to.
  const source = (sdk ?? actions) as NonNullable<typeof sdk>;
  if (typeof source.on === "function") source.on("change", draw);
  draw();

  function unbind(): void {
    // Once: what came after has its own region and listeners.
    if (!isBound) return;
    dismiss();
    isBound = false;
    unsubscribe();
    attribute("aria-busy", false);
    button.removeEventListener("click", click);
    button.removeEventListener("keydown", key);
    box?.form?.removeEventListener("reset", reset);
    if (!status) region.remove();
  }

  bindings[BOUND] = unbind;
  return { set, dismiss, unbind };
}

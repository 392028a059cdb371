import { report } from "./report.js";

type Handler = (event: any) => any;

/** A placeholder for one of Stripe's elements: a box that names the element. */
export interface FakeElement {
  mount: (domElement: string | HTMLElement) => void;
  unmount: () => void;
  destroy: () => void;
  blur: () => void;
  clear: () => void;
  focus: () => void;
  collapse: () => any;
  update: (options: any) => any;
  getValue: () => Promise<any>;
  on: (eventType: string, handler: Handler) => any;
  once: (eventType: string, handler: Handler) => any;
  off: (eventType: string, handler?: Handler) => any;
  /** Of the stand-in only: lets an event happen. */
  emit: (eventType: string, event?: object) => void;
}

/** An element with what the stand-in itself needs of it. */
export interface ElementParts {
  element: FakeElement;
  /** Calls the handlers with this very event; returns what each returned. One that throws is reported. */
  dispatch: (eventType: string, event: object) => unknown[];
  /** The box on the page, while it is mounted. */
  box: () => HTMLElement | null;
}

/** What an element is, beside what all have in common. */
export interface ElementInit {
  /** Stripe's name of the element. */
  elementType: string;
  /** Read out and shown. */
  label: string;
  /** Puts controls into the box; without it, the box has a sentence. */
  fill?: (box: HTMLElement) => void;
  /** What the `ready` event tells. */
  ready?: object;
  onDestroy: () => void;
}

export function createElement({ elementType, label, fill, ready, onDestroy }: ElementInit): ElementParts {
  let handlers: { eventType: string; handler: Handler; once: boolean }[] = [];
  let box: HTMLElement | null = null;

  const dispatch = (eventType: string, event: object): unknown[] => {
    const called = handlers.filter((entry) => entry.eventType === eventType);
    handlers = handlers.filter((entry) => !(entry.once && called.includes(entry)));
    return called.map(({ handler }) => {
      try {
        return handler(event);
      } catch (error) {
        report(error);
        return undefined;
      }
    });
  };
  const emit = (eventType: string, event: object = {}): void => void dispatch(eventType, { elementType, ...event });
  const listen = (eventType: string, handler: Handler, once: boolean) => {
    handlers.push({ eventType, handler, once });
    return element;
  };
  const unmount = (): void => {
    box?.remove();
    box = null;
  };
  const element: FakeElement = {
    mount: (domElement) => {
      const parent = typeof domElement === "string" ? document.querySelector(domElement) : domElement;
      if (!parent) throw new Error("The element has nowhere to be mounted.");
      unmount();
      box = emptyBox(elementType, label);
      if (fill) fill(box);
      else box.append(withText("p", `${label}: a real page shows Stripe's form here.`));
      parent.replaceChildren(box);
      queueMicrotask(() => emit("ready", ready));
    },
    unmount,
    destroy: () => {
      unmount();
      handlers = [];
      onDestroy();
    },
    blur: () => emit("blur"),
    clear: () => {},
    focus: () => emit("focus"),
    collapse: () => element,
    update: () => element,
    getValue: async () => ({ elementType, complete: true, value: {} }),
    on: (eventType, handler) => listen(eventType, handler, false),
    once: (eventType, handler) => listen(eventType, handler, true),
    off: (eventType, handler) => {
      handlers = handlers.filter(
        (entry) => entry.eventType !== eventType || (handler !== undefined && entry.handler !== handler),
      );
      return element;
    },
    emit,
  };
  return { element, dispatch, box: () => box };
}

function emptyBox(elementType: string, label: string): HTMLElement {
  const box = document.createElement("div");
  // A class and no inline style, since a strict content security policy forbids those.
  box.className = "fake-stripe-element";
  box.dataset["elementType"] = elementType;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", label);
  return box;
}

export function withText<K extends keyof HTMLElementTagNameMap>(tag: K, text: string): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

export function button(text: string, press: () => void): HTMLButtonElement {
  const made = withText("button", text);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

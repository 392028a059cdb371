/** A placeholder for one of Stripe's elements: a box that says what stands there on the real page. */
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
  on: (eventType: string, handler: (event: any) => any) => any;
  once: (eventType: string, handler: (event: any) => any) => any;
  off: (eventType: string, handler?: (event: any) => any) => any;
  /** Of the stand-in only: lets an event happen. */
  emit: (eventType: string, event?: object) => void;
}

/** `label` is read out and shown; `elementType` is Stripe's name of the element. */
export function createFakeElement(elementType: string, label: string): FakeElement {
  type Handler = (event: any) => any;
  let handlers: { eventType: string; handler: Handler; once: boolean }[] = [];
  let box: HTMLElement | null = null;

  const emit = (eventType: string, event: object = {}): void => {
    const called = handlers.filter((entry) => entry.eventType === eventType);
    handlers = handlers.filter((entry) => !(entry.once && called.includes(entry)));
    for (const { handler } of called) handler({ elementType, ...event });
  };
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
      box = placeholder(elementType, label);
      parent.replaceChildren(box);
      queueMicrotask(() => emit("ready"));
    },
    unmount,
    destroy: () => {
      unmount();
      handlers = [];
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
  return element;
}

function placeholder(elementType: string, label: string): HTMLElement {
  const box = document.createElement("div");
  // A class and no inline style, since a strict content security policy forbids those.
  box.className = "fake-stripe-element";
  box.dataset["elementType"] = elementType;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", label);
  const text = document.createElement("p");
  text.textContent = `${label}: on the real page, Stripe's own form is here.`;
  box.append(text);
  return box;
}

// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CheckoutUpdateError } from "../../js/error.js";
import { bindSwitch, type SwitchOptions } from "../../js/switch.js";
import type { Applied, Endpoints, Outcome, Updates } from "../../js/types.js";

type Settle = (outcome: Outcome) => void;
const on = { interval: "yearly" };
const off = { interval: "monthly" };
const actions = {};
const LABEL = "Yearly subscription";

let button: HTMLElement;
let settles: Settle[];
let run: ReturnType<typeof vi.fn>;
let updates: Updates<any>;
let page: ReturnType<typeof state>;
type Options = SwitchOptions<Endpoints, string, object>;
const bind = (more: Partial<Options> = {}) =>
  bindSwitch(button, { updates, actions, name: "changeInterval", on, off, ...more } as Options);
const shown = () => ["role", "aria-checked", "aria-busy"].map((name) => button.getAttribute(name)).join(" ");
const message = () => document.querySelector("[role=status]")?.textContent;
const tick = () => new Promise((resolve) => setTimeout(resolve));
const settle = async (outcome: Outcome) => {
  settles.shift()?.(outcome);
  await tick();
};
const success: Outcome = { type: "success", session: {}, body: null };
const failure = (applied: Applied, message = "Not <b>now</b>."): Extract<Outcome, { type: "error" }> => ({
  type: "error",
  error: new CheckoutUpdateError({
    kind: applied === "no" ? "refused" : "server_error",
    applied,
    endpoint: "changeInterval",
    status: 400,
    durationMs: 1,
    attempts: 1,
    requestId: null,
    code: null,
    message,
    detail: null,
    field: null,
    reason: null,
  }),
});

/** What the updates say of themselves. */
function state() {
  let stale = false;
  const pending: object[] = [];
  const listeners = new Set<() => void>();
  const tell = () => [...listeners].forEach((listener) => listener());
  return {
    listeners,
    isPending: (_: string, match: object) => pending.includes(match),
    isStale: () => stale,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** An update is under way until what this gives is called. */
    begin(intent: object) {
      pending.push(intent);
      tell();
      return () => {
        pending.splice(pending.indexOf(intent), 1);
        tell();
      };
    },
    become(now: boolean) {
      stale = now;
      tell();
    },
  };
}

/** A session that can be changed, and what tells of its changes. */
function session(yearly = false) {
  let now: unknown = { yearly };
  const handlers: ((session: unknown) => void)[] = [];
  return {
    actions: { getSession: () => now },
    sdk: { on: (_: "change", handler: (session: unknown) => void) => void handlers.push(handler) },
    isOn: (session: unknown) => (session as { yearly: boolean }).yearly,
    change(next: unknown) {
      now = next;
      for (const handler of handlers) handler(next);
    },
  };
}

beforeEach(() => {
  document.body.innerHTML = `<form><button role="switch" aria-checked="false">${LABEL}</button></form>`;
  button = document.querySelector("button") as HTMLElement;
  settles = [];
  page = state();
  run = vi.fn(async (_actions: object, _name: string, intent: object) => {
    const end = page.begin(intent);
    const outcome = await new Promise<Outcome>((resolve) => settles.push(resolve));
    end();
    return outcome;
  });
  const request = (name: string) => {
    if (name !== "changeInterval") throw new TypeError("undeclared");
  };
  updates = { run, request, ...page } as unknown as Updates<any>;
});
afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

test("switches on and off again, and shows it only once it is true", async () => {
  bind();
  expect(shown()).toBe("switch false false");
  button.click();
  expect(run).toHaveBeenLastCalledWith(actions, "changeInterval", on);
  expect(shown()).toBe("switch false true");
  await settle(success);
  // The label stays: "Monthly subscription, on" would be read out of one that says the opposite.
  expect([shown(), button.textContent]).toEqual(["switch true false", LABEL]);
  button.click();
  expect(run).toHaveBeenLastCalledWith(actions, "changeInterval", off);
  await settle(success);
  expect(shown()).toBe("switch false false");
});

test("the element's own state is the state, whoever sets it", () => {
  bind();
  button.setAttribute("aria-checked", "true");
  button.click();
  expect(run).toHaveBeenLastCalledWith(actions, "changeInterval", off);
});

test("sends nothing twice, and submits no form", async () => {
  const submit = vi.fn((event: Event) => event.preventDefault());
  document.querySelector("form")?.addEventListener("submit", submit);
  bind();
  button.click();
  button.click();
  expect(run).toHaveBeenCalledOnce();
  await settle(success);
  button.click();
  expect(run).toHaveBeenCalledTimes(2);
  expect(submit).not.toHaveBeenCalled();
});

test("is where it was after a failure, with the message as text in a live region until the next press", async () => {
  bind();
  expect(message()).toBe("");
  button.click();
  await settle(failure("no"));
  expect(shown()).toBe("switch false false");
  expect(message()).toBe("Not <b>now</b>.");
  button.click();
  expect(message()).toBe("");
});

test.each([
  ["yes", "true"],
  ["unknown", "false"],
] as const)("an error that was applied: %s", async (applied, checked) => {
  bind();
  button.click();
  await settle(failure(applied));
  expect(button.getAttribute("aria-checked")).toBe(checked);
});

test("says nothing of an update that was cancelled", async () => {
  bind();
  button.click();
  const { error } = failure("no") as Extract<Outcome, { type: "error" }>;
  await settle({ type: "cancelled", error });
  expect([shown(), message()]).toEqual(["switch false false", ""]);
});

test("a doubt: shows what the session says in the end, and the message goes with the doubt", async () => {
  const { change, ...own } = session();
  bind(own);
  button.click();
  page.become(true);
  await settle(failure("unknown"));
  expect([shown(), message()]).toEqual(["switch false false", "Not <b>now</b>."]);
  // The server applied it after all, and the second refresh tells.
  change({ yearly: true });
  expect([shown(), message()]).toEqual(["switch true false", "Not <b>now</b>."]);
  page.become(false);
  expect([shown(), message()]).toEqual(["switch true false", ""]);
});

test("without an sdk, the end of staleness shows what the session says", async () => {
  const { change, actions, isOn } = session();
  bind({ actions, isOn });
  button.click();
  page.become(true);
  await settle(failure("unknown"));
  change({ yearly: true });
  expect(shown()).toBe("switch false false");
  page.become(false);
  expect(shown()).toBe("switch true false");
});

test("up to version 7 of Stripe.js the checkout tells of changes, and gives the session by another name", () => {
  const { change, actions, sdk, isOn } = session(true);
  bind({ actions: { session: actions.getSession, ...sdk }, isOn });
  expect(shown()).toBe("switch true false");
  change({ yearly: false });
  expect(shown()).toBe("switch false false");
});

test("a refusal stays when somebody else's doubt ends, until it is dismissed", async () => {
  const { dismiss } = bind();
  button.click();
  await settle(failure("no"));
  page.become(true);
  page.become(false);
  expect(message()).toBe("Not <b>now</b>.");
  dismiss();
  expect(message()).toBe("");
});

test("dismiss takes away its own message alone", async () => {
  const status = document.body.appendChild(document.createElement("p"));
  const { dismiss } = bind({ status });
  button.click();
  await settle(failure("no"));
  status.textContent = "Somebody else's.";
  dismiss();
  expect(status.textContent).toBe("Somebody else's.");
});

test("a change that was made, and is shown, needs no message", async () => {
  const { change, ...own } = session();
  bind(own);
  button.click();
  change({ yearly: true });
  await settle(failure("yes", "Your change was made. Please reload the page."));
  expect([shown(), message()]).toEqual(["switch true false", ""]);
});

test("the session of an outcome is shown where there is no other", async () => {
  const { isOn } = session();
  bind({ isOn });
  button.click();
  await settle({ ...failure("unknown"), session: { yearly: true } });
  expect(button.getAttribute("aria-checked")).toBe("true");
});

test("is busy with what others have begun, and what is no answer is off", () => {
  bind({ actions: { getSession: () => ({}) }, isOn: () => undefined as never });
  const end = page.begin(off);
  expect(shown()).toBe("switch false true");
  button.click();
  expect(run).not.toHaveBeenCalled();
  end();
  expect(shown()).toBe("switch false false");
});

test("isOn that throws is reported, and the switch still works", async () => {
  const reported = vi.fn();
  vi.stubGlobal("reportError", reported);
  const { change, ...own } = session();
  bind(own);
  change(5n);
  change(null);
  const broken = () => {
    throw new Error("page");
  };
  bind({ ...own, actions: { getSession: () => ({}) }, isOn: broken });
  button.click();
  await settle(failure("no"));
  expect([shown(), message()]).toEqual(["switch false false", "Not <b>now</b>."]);
  expect(new Set(reported.mock.calls.map(([error]) => error.message))).toEqual(new Set(["page"]));
  button.click();
  expect(run).toHaveBeenCalledTimes(2);
});

test.each([
  ["itself", (on: boolean) => button.setAttribute("aria-disabled", String(on))],
  ["what it is in", (on: boolean) => document.querySelector("form")!.setAttribute("aria-disabled", String(on))],
])("aria-disabled of %s", async (_, disable) => {
  bind();
  disable(true);
  button.click();
  expect([run.mock.calls.length, shown()]).toEqual([0, "switch false false"]);
  disable(false);
  button.click();
  expect(run).toHaveBeenCalledOnce();
});

test("bound twice: one update a press, and the old binding takes nothing of the new one", async () => {
  const first = bind();
  const second = bind();
  button.click();
  expect(run).toHaveBeenCalledOnce();
  first.unbind();
  expect(shown()).toBe("switch false true");
  await settle(failure("no"));
  expect(document.querySelectorAll("[role=status]")).toHaveLength(1);
  expect([shown(), message()]).toEqual(["switch false false", "Not <b>now</b>."]);
  expect(page.listeners.size).toBe(1);
  second.unbind();
  second.unbind();
  expect([page.listeners.size, message()]).toEqual([0, undefined]);
  bind();
  button.click();
  expect(run).toHaveBeenCalledTimes(2);
});

test("an old binding that is let go of while its update runs leaves the new one its message", async () => {
  const first = bind();
  button.click();
  bind();
  expect(shown()).toBe("switch false true");
  first.unbind();
  await settle(success);
  expect(shown()).toBe("switch false false");
  button.click();
  await settle(failure("no"));
  expect(message()).toBe("Not <b>now</b>.");
});

test("uses the live region of the page, and tells the page of each outcome", async () => {
  const status = document.body.appendChild(document.createElement("p"));
  const onOutcome = vi.fn();
  bind({ status, onOutcome });
  expect(document.querySelector("[role=status]")).toBeNull();
  button.click();
  const outcome = failure("no");
  await settle(outcome);
  expect(status.textContent).toBe("Not <b>now</b>.");
  expect(onOutcome).toHaveBeenCalledExactlyOnceWith(outcome);
});

test("what is no button is reachable and answers the keyboard", () => {
  button = document.body.appendChild(document.createElement("div"));
  bind();
  expect(button.tabIndex).toBe(0);
  const press = (key: string, more: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
    button.dispatchEvent(event);
    return event.defaultPrevented;
  };
  expect(press("a")).toBe(false);
  expect(press(" ", { repeat: true })).toBe(false);
  expect(run).not.toHaveBeenCalled();
  expect(press(" ")).toBe(true);
  expect(run).toHaveBeenCalledOnce();
  expect(press("Enter")).toBe(true);
  expect(run).toHaveBeenCalledOnce();
});

test("can be set, and lets go", async () => {
  const { set, unbind } = bind();
  set(true);
  expect(shown()).toBe("switch true false");
  button.click();
  unbind();
  await settle(success);
  expect([shown(), message()]).toEqual(["switch true false", undefined]);
  button.click();
  expect(run).toHaveBeenCalledOnce();
});

test("a listener of the page that throws is reported", async () => {
  const reported = vi.fn();
  vi.stubGlobal("reportError", reported);
  bind({
    onOutcome: () => {
      throw new Error("page");
    },
  });
  button.click();
  await settle(success);
  expect(reported).toHaveBeenCalledWith(new Error("page"));
  expect(shown()).toBe("switch true false");
});

test("refuses what is no element", () => {
  button = document.querySelector(".not-there")!;
  expect(bind).toThrow('bindSwitch: "button" must be an object, not null');
});

test.each([
  [{ names: 5 }, 'unknown key "names"'],
  [{ name: "" }, '"name" must be'],
  [{ name: "other" }, "undeclared"],
  [{ actions: null }, '"actions" must be'],
  [{ on: undefined }, '"on" must be'],
  [{ labels: { on: "On", off: "Off" } }, 'unknown key "labels"'],
  [{ sdk: 5 }, '"sdk" must be an object, not 5'],
  [{ onOutcome: 5 }, '"onOutcome" must be'],
])("refuses %j", (more, told) => {
  expect(() => bind(more as never)).toThrow(TypeError);
  expect(() => bind(more as never)).toThrow(told);
});

describe("a checkbox", () => {
  const box = () => button as HTMLInputElement;
  beforeEach(() => {
    document.body.innerHTML = '<label><input type="checkbox"> Yearly</label>';
    button = document.querySelector("input") as HTMLElement;
  });

  test("keeps checked true to what was applied, and aria-checked away", async () => {
    const changed = vi.fn();
    document.addEventListener("change", changed);
    button.setAttribute("aria-checked", "true");
    bind();
    expect([button.getAttribute("role"), button.hasAttribute("aria-checked"), box().checked]).toEqual([
      "switch",
      false,
      false,
    ]);
    button.click();
    await tick();
    expect([box().checked, button.getAttribute("aria-busy")]).toEqual([false, "true"]);
    button.click();
    expect(run).toHaveBeenCalledExactlyOnceWith(actions, "changeInterval", on);
    await settle(success);
    expect(box().checked).toBe(true);
    button.click();
    expect(run).toHaveBeenLastCalledWith(actions, "changeInterval", off);
    await settle(failure("no"));
    expect(box().checked).toBe(true);
    expect(changed).not.toHaveBeenCalled();
    document.removeEventListener("change", changed);
  });

  test("is right too where the update is over before the click is", async () => {
    // A browser runs what is due between the listeners of a click, and puts the checkbox back only then.
    const { set } = bind();
    button.addEventListener("click", () => set(true));
    button.click();
    await tick();
    expect(box().checked).toBe(true);
  });

  test("starts as the session says, or as it is checked, and has its message outside the label", async () => {
    box().checked = true;
    const { unbind } = bind();
    button.click();
    expect(run).toHaveBeenLastCalledWith(actions, "changeInterval", off);
    await settle(failure("no"));
    expect([message(), document.querySelector("label [role=status]")]).toEqual(["Not <b>now</b>.", null]);
    unbind();
    const own = session();
    bind({ actions: own.actions, isOn: own.isOn }).unbind();
    expect(box().checked).toBe(false);
  });

  test.each(["what the session says", "what was shown, without isOn"])(
    "a form that is reset shows %s",
    async (what) => {
      document.body.innerHTML = '<form><input type="checkbox"></form>';
      button = document.querySelector("input") as HTMLElement;
      box().checked = true;
      const { change: _, ...own } = session(true);
      bind(what.endsWith("isOn") ? {} : own);
      document.querySelector("form")!.reset();
      expect(box().checked).toBe(false);
      await tick();
      expect(box().checked).toBe(true);
      button.click();
      expect(run).toHaveBeenLastCalledWith(expect.anything(), "changeInterval", off);
    },
  );

  test("what the page has set is what a press goes from", async () => {
    bind();
    box().checked = true;
    button.click();
    await tick();
    expect(run).toHaveBeenLastCalledWith(actions, "changeInterval", off);
    expect(box().checked).toBe(true);
  });

  test("a press while it is disabled changes nothing", async () => {
    bind();
    button.setAttribute("aria-disabled", "true");
    button.click();
    await tick();
    expect([run.mock.calls.length, box().checked]).toEqual([0, false]);
  });

  test("leaves the keyboard to the browser", () => {
    bind();
    button.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true }));
    expect(run).not.toHaveBeenCalled();
  });
});

test.each(["button", "label"])(
  "a page that is restored as a clone: one live region, no old message (%s)",
  async (tag) => {
    const inner = tag === "button" ? "" : '<input type="checkbox">';
    document.body.innerHTML = `<main><${tag}>${inner}</${tag}><p>Note</p><${tag}>${inner}</${tag}></main>`;
    const bindAll = () => {
      for (const found of document.querySelectorAll<HTMLElement>(inner ? "input" : "button")) {
        button = found;
        bind();
      }
    };
    bindAll();
    button.click();
    await settle(failure("no"));
    button.click();
    const clone = document.querySelector("main")!.cloneNode(true);
    document.body.replaceChildren(clone);
    bindAll();
    const regions = [...document.querySelectorAll("[role=status]")];
    expect(regions.map(({ textContent }) => textContent)).toEqual(["", ""]);
    // The update of its earlier life is still under way.
    expect(button.getAttribute("aria-busy")).toBe("true");
    await settle(success);
    expect(button.getAttribute("aria-busy")).toBe("false");
    button.click();
    await settle(failure("no"));
    expect(regions.map(({ textContent }) => textContent)).toEqual(["", "Not <b>now</b>."]);
  },
);

test("a session that cannot be read is reported, and the switch starts as it is", () => {
  const reported = vi.fn();
  vi.stubGlobal("reportError", reported);
  button.setAttribute("aria-checked", "true");
  bind({
    actions: {
      getSession: () => {
        throw new Error("page");
      },
    },
    isOn: () => false,
  });
  expect(reported).toHaveBeenCalledWith(new Error("page"));
  expect(shown()).toBe("switch true false");
});

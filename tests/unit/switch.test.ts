// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CheckoutUpdateError } from "../../js/error.js";
import { bindSwitch, type SwitchOptions } from "../../js/switch.js";
import type { Applied, Endpoints, Outcome, Updates } from "../../js/types.js";

type Settle = (outcome: Outcome) => void;
const on = { interval: "yearly" };
const off = { interval: "monthly" };
const labels = { on: "Use monthly subscription", off: "Save with a yearly subscription" };
const actions = {};

let button: HTMLElement;
let settles: Settle[];
let run: ReturnType<typeof vi.fn>;
let updates: Updates<any>;
type Options = SwitchOptions<Endpoints, string, object>;
const bind = (more: Partial<Options> = {}) =>
  bindSwitch(button, { updates, actions, name: "changeInterval", on, off, labels, ...more } as Options);
const shown = () => ["role", "aria-checked", "aria-busy"].map((name) => button.getAttribute(name)).join(" ");
const message = () => document.querySelector("[role=status]")?.textContent;
const settle = async (outcome: Outcome) => {
  settles.shift()?.(outcome);
  await new Promise((resolve) => setTimeout(resolve));
};
const success: Outcome = { type: "success", session: {}, body: null };
const failure = (applied: Applied): Outcome => ({
  type: "error",
  error: new CheckoutUpdateError({
    kind: "refused",
    applied,
    endpoint: "changeInterval",
    status: 400,
    durationMs: 1,
    attempts: 1,
    requestId: null,
    message: "Not <b>now</b>.",
    detail: null,
    field: null,
    reason: null,
  }),
});

beforeEach(() => {
  document.body.innerHTML = '<form><button role="switch" aria-checked="false">?</button></form>';
  button = document.querySelector("button") as HTMLElement;
  settles = [];
  run = vi.fn(() => new Promise<Outcome>((resolve) => settles.push(resolve)));
  const request = (name: string) => {
    if (name !== "changeInterval") throw new TypeError("undeclared");
  };
  updates = { run, request } as unknown as Updates<any>;
});
afterEach(() => document.body.replaceChildren());

test("switches on and off again, and shows it only once it is true", async () => {
  bind();
  expect([shown(), button.textContent]).toEqual(["switch false false", labels.off]);
  button.click();
  expect(run).toHaveBeenLastCalledWith(actions, "changeInterval", on);
  expect([shown(), button.textContent]).toEqual(["switch false true", labels.off]);
  await settle(success);
  expect([shown(), button.textContent]).toEqual(["switch true false", labels.on]);
  button.click();
  expect(run).toHaveBeenLastCalledWith(actions, "changeInterval", off);
  await settle(success);
  expect(shown()).toBe("switch false false");
});

test("starts as its attribute says", () => {
  button.setAttribute("aria-checked", "true");
  bind();
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
  expect([shown(), button.textContent]).toEqual(["switch false false", labels.off]);
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

test("believes the session where it can be read", async () => {
  const isOn = vi.fn((session: unknown) => (session as { yearly: boolean }).yearly);
  bind({ isOn });
  button.click();
  await settle({ ...failure("unknown"), session: { yearly: true } } as Outcome);
  expect(button.getAttribute("aria-checked")).toBe("true");
  button.click();
  await settle({ ...success, session: { yearly: true } } as Outcome);
  expect(button.getAttribute("aria-checked")).toBe("true");
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
  expect([shown(), button.textContent]).toEqual(["switch true false", labels.on]);
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
  vi.unstubAllGlobals();
});

test.each([
  [{ names: 5 }, 'unknown key "names"'],
  [{ name: "" }, '"name" must be'],
  [{ name: "other" }, "undeclared"],
  [{ actions: null }, '"actions" must be'],
  [{ on: undefined }, '"on" must be'],
  [{ labels: "on" }, '"labels" must be'],
  [{ onOutcome: 5 }, '"onOutcome" must be'],
])("refuses %j", (more, told) => {
  expect(() => bind(more as never)).toThrow(TypeError);
  expect(() => bind(more as never)).toThrow(told);
});

describe("a checkbox", () => {
  const box = () => button as HTMLInputElement;
  const tick = () => new Promise((resolve) => setTimeout(resolve));

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
    for (const key of ["getSession", "session"]) {
      bind({ actions: { [key]: () => ({ yearly: false }) }, isOn: (session) => (session as any).yearly }).unbind();
      expect(box().checked).toBe(false);
      box().checked = true;
    }
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
    expect(button.getAttribute("aria-busy")).toBe("false");
    await settle(success);
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
  vi.unstubAllGlobals();
});

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { bindExpressCheckout, bindForm } from "../../js/express.js";
import type { PayOutcome } from "../../js/types.js";

const actions = { getSession: () => ({ id: "cs_test_1" }) };
const BLOCKED = { type: "blocked", reason: "changed", message: "Your total has changed." } as const;

/** An element that emits what the test says, and waits for what listens as Stripe.js does. */
function element(hasOff = true) {
  const handlers = new Map<string, Set<(event: unknown) => unknown>>();
  const of = (name: string) => handlers.get(name) ?? new Set();
  const emit = (name: string, event: unknown) => Promise.all([...of(name)].map((handler) => handler(event)));
  return {
    on: (name: string, handler: (event: unknown) => unknown) => void handlers.set(name, of(name).add(handler)),
    ...(hasOff && { off: (name: string, handler: (event: unknown) => unknown) => of(name).delete(handler) }),
    emit,
    count: () => [...handlers.values()].reduce((sum, { size }) => sum + size, 0),
    /** Clicks, and gives what was answered in the same task. */
    click: () => {
      const event = { expressPaymentType: "apple_pay", resolve: vi.fn(), reject: vi.fn() };
      void emit("click", event);
      return event;
    },
    /** Agrees in the sheet; by default it is a wallet's. */
    confirm: (event: object = { paymentFailed: vi.fn() }) =>
      emit("confirm", event).then(() => event as { paymentFailed: ReturnType<typeof vi.fn> }),
  };
}

let isFree: boolean;
let releases: ReturnType<typeof vi.fn>[];
let outcome: PayOutcome | undefined;
let reported: ReturnType<typeof vi.fn>;
const updates = {
  hold: vi.fn(() => {
    if (!isFree) return null;
    isFree = false;
    const release = vi.fn(() => void (isFree = true));
    releases.push(release);
    return release;
  }),
  pay: vi.fn(
    async (actions: object, confirm: (actions: any) => unknown): Promise<any> =>
      outcome ?? { type: "confirmed", result: await confirm(actions) },
  ),
};
const confirm = vi.fn<(...given: unknown[]) => Promise<unknown>>(async () => ({ type: "success" }));
const bind = (on: ReturnType<typeof element>, more: object = {}) =>
  bindExpressCheckout(on as never, { updates, actions, confirm, ...more } as never);

beforeEach(() => {
  vi.clearAllMocks();
  [isFree, releases, outcome] = [true, [], undefined];
  vi.stubGlobal("reportError", (reported = vi.fn()));
});
afterEach(() => vi.unstubAllGlobals());

describe("bindExpressCheckout", () => {
  test("a click holds and opens the sheet in the same task, with what the page says", () => {
    const on = element();
    const resolve = vi.fn(() => ({ business: { name: "Northdesk" } }));
    bind(on, { resolve });
    const event = on.click();
    expect(updates.hold).toHaveBeenCalledOnce();
    expect(resolve).toHaveBeenCalledExactlyOnceWith(event);
    expect(event.resolve).toHaveBeenCalledExactlyOnceWith({ business: { name: "Northdesk" } });
    expect(event.reject).not.toHaveBeenCalled();
  });

  test("a click while something is under way opens nothing", () => {
    const on = element();
    bind(on);
    isFree = false;
    const event = on.click();
    expect([event.resolve.mock.calls.length, event.reject.mock.calls.length]).toEqual([0, 1]);
  });

  test("what the page cannot say opens nothing, holds nothing, and is reported", () => {
    const on = element();
    bind(on, {
      resolve: () => {
        throw new Error("page");
      },
    });
    const event = on.click();
    expect([event.resolve.mock.calls.length, event.reject.mock.calls.length, isFree]).toEqual([0, 1, true]);
    expect(reported).toHaveBeenCalledExactlyOnceWith(new Error("page"));
  });

  test("a sheet that is closed ends the hold, and so does a click that finds it closed", () => {
    const on = element();
    bind(on);
    on.click();
    void on.emit("cancel", { elementType: "expressCheckout" });
    expect([releases[0]!.mock.calls.length, isFree]).toEqual([1, true]);
    on.click();
    const again = on.click();
    expect(again.resolve).toHaveBeenCalledOnce();
    expect(releases[1]!).toHaveBeenCalledOnce();
  });

  test("a sheet that is agreed to pays, with the event, inside the awaited handler", async () => {
    const on = element();
    bind(on);
    on.click();
    const event = await on.confirm();
    expect(updates.pay).toHaveBeenCalledOnce();
    expect(confirm).toHaveBeenCalledExactlyOnceWith(actions, event);
    expect(event.paymentFailed).not.toHaveBeenCalled();
    expect([releases[0]!.mock.calls.length, isFree]).toEqual([1, true]);
  });

  test("the hold stays until the payment has ended, whatever is clicked meanwhile", async () => {
    const on = element();
    bind(on);
    on.click();
    let end!: (result: unknown) => void;
    confirm.mockImplementationOnce(() => new Promise((resolve) => (end = resolve)));
    const paid = on.confirm();
    expect(on.click().reject).toHaveBeenCalledOnce();
    expect(releases[0]!).not.toHaveBeenCalled();
    end({ type: "success" });
    await paid;
    expect(releases[0]!).toHaveBeenCalledOnce();
  });

  test("where it is blocked the sheet says why, and the page is told", async () => {
    const on = element();
    const onBlocked = vi.fn();
    bind(on, { onBlocked });
    outcome = BLOCKED;
    const event = await on.confirm();
    expect(event.paymentFailed).toHaveBeenCalledExactlyOnceWith({ reason: "fail", message: BLOCKED.message });
    expect(onBlocked).toHaveBeenCalledExactlyOnceWith(BLOCKED);
    expect(confirm).not.toHaveBeenCalled();
  });

  test("a confirm that throws fails the payment and is reported", async () => {
    const on = element();
    bind(on);
    on.click();
    confirm.mockRejectedValueOnce(new Error("page"));
    const event = await on.confirm();
    expect(event.paymentFailed).toHaveBeenCalledExactlyOnceWith({ reason: "fail" });
    expect(reported).toHaveBeenCalledExactlyOnceWith(new Error("page"));
    expect(isFree).toBe(true);
  });

  test.each([true, false])("lets go of the element and of what is held; the element has off: %s", (hasOff) => {
    const on = element(hasOff);
    const { unbind } = bind(on);
    on.click();
    unbind();
    expect([isFree, on.count()]).toEqual([true, hasOff ? 0 : 3]);
    on.click();
    expect(updates.hold).toHaveBeenCalledOnce();
  });

  test.each([
    [{ confirm: undefined }, 'bindExpressCheckout: "confirm" must be a function, not undefined'],
    [{ resolve: {} }, 'bindExpressCheckout: "resolve" must be a function, not an object'],
    [{ labels: {} }, 'bindExpressCheckout: unknown key "labels"'],
  ])("refuses %j", (more, told) => {
    expect(() => bind(element(), more)).toThrow(TypeError);
    expect(() => bind(element(), more)).toThrow(told);
  });
});

describe("bindForm", () => {
  const bound = (on: ReturnType<typeof element>, more: object = {}) =>
    bindForm(on as never, { updates, actions, confirm, ...more } as never);

  test("pays when the customer presses its button or agrees in a wallet's sheet", async () => {
    const on = element();
    const { unbind } = bound(on);
    const event = await on.confirm({ source: "checkout-form-pay-button", paymentMethodType: "card" });
    expect(confirm).toHaveBeenCalledExactlyOnceWith(actions, event);
    expect(updates.hold).not.toHaveBeenCalled();
    unbind();
    await on.confirm();
    expect(confirm).toHaveBeenCalledOnce();
  });

  test("where it is blocked the page is told, and a sheet if there is one", async () => {
    const on = element();
    const onBlocked = vi.fn();
    bound(on, { onBlocked });
    outcome = BLOCKED;
    await on.confirm({ source: "checkout-form-pay-button", paymentMethodType: "card" });
    expect(onBlocked).toHaveBeenCalledExactlyOnceWith(BLOCKED);
    const { paymentFailed } = await on.confirm({ source: "checkout-form-ece", paymentFailed: vi.fn() });
    expect(paymentFailed).toHaveBeenCalledOnce();
    expect(reported).not.toHaveBeenCalled();
  });

  test("refuses what is no form", () => {
    expect(() => bindForm(null as never, { updates, actions, confirm } as never)).toThrow(
      'bindForm: "element" must be an object, not null',
    );
  });
});

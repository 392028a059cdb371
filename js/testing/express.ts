import { button, createElement, withText, type FakeElement } from "./element.js";
import type { ConfirmEvents } from "./confirm-events.js";
import type { State } from "./state.js";
import type { Timers } from "./timers.js";
import { createWallet, type FakeExpressPaymentType, type Wallet } from "./wallet.js";

/** What an element with wallets needs of the stand-in. */
export interface WalletWorld {
  wallets: readonly FakeExpressPaymentType[];
  state: State;
  timers: Timers;
  events: ConfirmEvents;
}

const NAMES: Record<FakeExpressPaymentType, string> = {
  google_pay: "Google Pay",
  apple_pay: "Apple Pay",
  amazon_pay: "Amazon Pay",
  link: "Link",
  paypal: "PayPal",
  klarna: "Klarna",
};

/** The wallets as the element's events tell of them: `{ googlePay: true, … }`, or nothing where there is none. */
function available(wallets: readonly FakeExpressPaymentType[]): Record<string, boolean> | undefined {
  if (wallets.length === 0) return undefined;
  const camel = (type: string): string => type.replace(/_(\w)/, (_, letter: string) => letter.toUpperCase());
  const types = Object.keys(NAMES) as FakeExpressPaymentType[];
  return Object.fromEntries(types.map((type) => [camel(type), wallets.includes(type)]));
}

/** A button for each wallet, and the sheet of the one that was pressed. */
export function createExpressElement(
  world: WalletWorld,
  onDestroy: () => void,
): { element: FakeElement; wallet: Wallet } {
  const { wallets } = world;
  const elementType = "expressCheckout";
  const { element, dispatch, box } = createElement({
    elementType,
    label: "Express checkout",
    ready: { availablePaymentMethods: available(wallets) },
    fill: (to) => void to.append(...walletControls(wallets, wallet)),
    onDestroy,
  });
  const redraw = (): void => box()?.replaceChildren(...walletControls(wallets, wallet));
  const wallet: Wallet = createWallet({ ...world, dispatch, elementType, redraw });
  return { element, wallet };
}

/** What the customer can do with the wallets now. */
export function walletControls(wallets: readonly FakeExpressPaymentType[], wallet: Wallet): HTMLElement[] {
  const state = wallet.state();
  if (state === "open" || state === "confirming") return [sheet(wallet, state === "confirming")];
  return wallets.map((type) => {
    const made = button(`Pay with ${NAMES[type]}`, () => void wallet.press(type));
    made.disabled = state === "asked";
    return made;
  });
}

function sheet(wallet: Wallet, busy: boolean): HTMLElement {
  const made = document.createElement("div");
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", "The wallet's sheet");
  made.append(withText("p", `Pay ${wallet.total()}?`));
  const failure = wallet.failure();
  if (failure) {
    const problem = withText("p", failure.message ?? "The payment failed.");
    problem.setAttribute("role", "alert");
    made.append(problem);
  }
  const controls = [button("Approve", () => void wallet.approve()), button("Cancel", wallet.cancel)];
  for (const control of controls) control.disabled = busy;
  made.append(...controls);
  return made;
}

import type { ConfirmEvents, PaymentEnd } from "./confirm-events.js";
import type { ElementParts } from "./element.js";
import { integrationError, report } from "./report.js";
import type { FakeContact } from "./session-types.js";
import type { State } from "./state.js";
import type { Timers } from "./timers.js";

export type FakeExpressPaymentType = "google_pay" | "apple_pay" | "amazon_pay" | "link" | "paypal" | "klarna";

/** The customer's details that the wallet passes to the page on approval. */
export interface FakeWalletDetails {
  billingDetails?: { name: string; email?: string; phone?: string; address: object } | undefined;
  shippingAddress?: FakeContact | undefined;
}

export interface FakeWalletEnd {
  ended: PaymentEnd;
  /** The argument of the page's call of `event.paymentFailed`. */
  failure: { reason?: string; message?: string } | null;
}

/** Controls the wallet of the newest Express Checkout Element or Form. */
export interface FakeWallet {
  /** `asked` while the page has not answered `click`, `confirming` while the handlers of `confirm` run. */
  state: () => "closed" | "asked" | "open" | "confirming";
  /** Presses a wallet's button. Resolves to the page's answer, or to `late` if none comes within a second. */
  press: (expressPaymentType?: FakeExpressPaymentType) => Promise<"open" | "rejected" | "late">;
  /** Approves the payment on the sheet. The sheet stays open if the payment fails. */
  approve: (details?: FakeWalletDetails) => Promise<FakeWalletEnd>;
  /** Closes the sheet. */
  cancel: () => void;
}

/** How long `click` may stay unanswered. */
const ANSWER_MS = 1000;

const CUSTOMER = {
  name: "Ada Lovelace",
  email: "customer@example.com",
  address: {
    line1: "1 Main Street",
    line2: null,
    city: "Springfield",
    state: "IL",
    postal_code: "62701",
    country: "US",
  },
};

export interface WalletInit {
  wallets: readonly FakeExpressPaymentType[];
  dispatch: ElementParts["dispatch"];
  /** Stripe's name of the element, which each event carries. */
  elementType: string;
  /** What the event `confirm` says of its origin; only the Form's says it. */
  source?: string;
  state: State;
  timers: Timers;
  events: ConfirmEvents;
  /** Called when the sheet has opened, with its total, has changed or has closed. */
  redraw: () => void;
}

export interface Wallet extends FakeWallet {
  /** The total on the sheet, ready to be shown: that of the moment in which it opened. */
  total: () => string;
  failure: () => FakeWalletEnd["failure"];
}

export function createWallet(init: WalletInit): Wallet {
  const { wallets, dispatch, elementType, source, state, timers, events, redraw } = init;
  let phase: ReturnType<FakeWallet["state"]> = "closed";
  let pressed: FakeExpressPaymentType | undefined;
  let failure: FakeWalletEnd["failure"] = null;
  let total = state.session().total.total;

  const go = (next: typeof phase): void => {
    phase = next;
    redraw();
  };
  const mustBe = (wanted: typeof phase): void => {
    if (phase !== wanted) throw new Error(`The wallet's sheet must be ${wanted} for this, and is ${phase}.`);
  };

  return {
    state: () => phase,
    total: () => total.amount,
    failure: () => failure,
    press: (expressPaymentType = wallets[0]) => {
      mustBe("closed");
      pressed = expressPaymentType;
      failure = null;
      go("asked");
      return new Promise((resolve) => {
        let answered = false;
        const answer = (how: "open" | "rejected" | "late"): void => {
          timers.clearTimeout(timer);
          // The first answer counts; a late one must not open the sheet.
          if (answered) return;
          answered = true;
          total = state.session().total.total;
          go(how === "open" ? "open" : "closed");
          resolve(how);
        };
        const timer = timers.setTimeout(() => {
          report(integrationError("The click event must be resolved or rejected within 1 second."));
          answer("late");
        }, ANSWER_MS);
        const event = {
          elementType,
          expressPaymentType,
          resolve: () => answer("open"),
          reject: () => answer("rejected"),
        };
        // The Form has no such event; without a listener the sheet opens at once.
        if (source !== undefined || dispatch("click", event).length === 0) answer("open");
      });
    },
    approve: async ({ billingDetails = CUSTOMER, shippingAddress } = {}) => {
      mustBe("open");
      failure = null;
      go("confirming");
      const event = {
        elementType,
        ...(source !== undefined && { source }),
        expressPaymentType: pressed,
        billingDetails,
        ...(shippingAddress && { shippingAddress }),
        paymentFailed: (payload: FakeWalletEnd["failure"] = {}) => {
          failure = payload;
        },
      };
      const about = { form: source !== undefined, shown: total.minorUnitsAmount };
      const ended = await events.run(event, about, () => dispatch("confirm", event));
      go(ended === "failed" ? "open" : "closed");
      return { ended, failure };
    },
    cancel: () => {
      mustBe("open");
      go("closed");
      dispatch("cancel", { elementType });
    },
  };
}

import type { FakeActions } from "./actions.js";
import { createElement, type FakeElement } from "./element.js";
import { createExpressElement, type WalletWorld } from "./express.js";
import { createForm, type FakeFormControl } from "./form.js";
import type { FakeCheckoutFormSdk, FakeCheckoutSdk } from "./stripe-types.js";
import type { FakeWallet } from "./wallet.js";

const CURRENCY_SELECTOR = { CurrencySelector: ["currencySelector", "Currency"] } as const;

const PLACEHOLDERS = {
  Payment: ["payment", "Payment details"],
  BillingAddress: ["address", "Billing address"],
  ShippingAddress: ["address", "Shipping address"],
  ...CURRENCY_SELECTOR,
  TaxId: ["taxId", "Tax ID"],
  ContactDetails: ["contactDetails", "Contact details"],
  Terms: ["terms", "Terms"],
  LinkSignup: ["linkSignup", "Link"],
} as const;

type Make = (onDestroy: () => void) => FakeElement;
type MethodsOf<Sdk> = Pick<Sdk, Extract<keyof Sdk, `create${string}` | `get${string}`>>;

export interface Elements {
  ofElementsSdk: () => MethodsOf<FakeCheckoutSdk>;
  ofFormSdk: () => MethodsOf<FakeCheckoutFormSdk>;
  /** Steer the one that was made last. */
  wallet: FakeWallet;
  form: FakeFormControl;
}

export function createElements(world: WalletWorld, actions: FakeActions): Elements {
  let wallet: FakeWallet | null = null;
  let form: FakeFormControl | null = null;

  const express: Make = (onDestroy) => {
    const made = createExpressElement(world, onDestroy);
    wallet = made.wallet;
    return made.element;
  };
  const checkoutForm: Make = (onDestroy) => {
    const made = createForm(world, actions, onDestroy);
    ({ wallet, control: form } = made);
    return made.element;
  };
  const last = <T>(made: T | null, what: string): T => {
    if (!made) throw new Error(`There is no ${what} yet.`);
    return made;
  };
  const lastWallet = () => last(wallet, "Express Checkout Element or Form");
  const lastForm = () => last(form, "Form");

  return {
    ofElementsSdk: () => ({
      ...placeholders(PLACEHOLDERS),
      ...methods("ExpressCheckoutElement", express),
    }),
    ofFormSdk: () => ({ ...placeholders(CURRENCY_SELECTOR), ...methods("Form", checkoutForm) }),
    wallet: {
      state: () => lastWallet().state(),
      press: (type) => lastWallet().press(type),
      approve: (details) => lastWallet().approve(details),
      cancel: () => lastWallet().cancel(),
    },
    form: {
      enter: (fields) => lastForm().enter(fields),
      pay: (paymentMethodType) => lastForm().pay(paymentMethodType),
    },
  };
}

/** `createXElement` and `getXElement`, which gives what was made last and is not destroyed. */
function methods(name: string, make: Make): any {
  let current: FakeElement | null = null;
  return {
    [`create${name}`]: () => {
      const made: FakeElement = make(() => {
        if (current === made) current = null;
      });
      return (current = made);
    },
    [`get${name}`]: () => current,
  };
}

function placeholders(known: Record<string, readonly [elementType: string, label: string]>): any {
  const made = Object.entries(known).map(([name, [elementType, label]]) =>
    methods(`${name}Element`, (onDestroy) => createElement({ elementType, label, onDestroy }).element),
  );
  return Object.assign({}, ...made);
}

import type { FakeActions } from "./actions.js";
import { button, createElement, withText, type FakeElement } from "./element.js";
import { walletControls, type WalletWorld } from "./express.js";
import { createWallet, type FakeWallet, type FakeWalletEnd, type Wallet } from "./wallet.js";

/** Entries of the customer. Fields that are left out stay as they are. */
export interface FakeFormFields {
  email?: string | undefined;
  name?: string | undefined;
  line1?: string | undefined;
  line2?: string | undefined;
  city?: string | undefined;
  state?: string | undefined;
  postal_code?: string | undefined;
  country?: string | undefined;
}

/** Controls the newest Form. */
export interface FakeFormControl {
  /** Enters these fields as one change of the customer. */
  enter: (fields: FakeFormFields) => void;
  /** Presses the Form's Pay button. Rejects if the Form is incomplete, for which Stripe's Form emits nothing. */
  pay: (paymentMethodType?: string) => Promise<FakeWalletEnd>;
}

/** Stripe's Form, with the methods that only it has. */
export interface FakeForm extends FakeElement {
  getValue: () => Promise<FakeFormValue>;
  setView: (viewIndex: number) => Promise<void>;
}

const LABELS: Record<keyof FakeFormFields, string> = {
  email: "E-mail",
  name: "Name",
  line1: "Address",
  line2: "Address, second line",
  city: "City",
  state: "State",
  postal_code: "Postal code",
  country: "Country code",
};
const NAMES = Object.keys(LABELS) as (keyof FakeFormFields)[];
const ADDRESS = ["name", "line1", "city", "postal_code", "country"] as const;

const elementType = "checkoutForm";

type Entered = Record<keyof FakeFormFields, string>;
type Section = { complete: boolean; empty: boolean };
type Address = Omit<FakeFormFields, "email" | "name">;

/** The state of the Form, from `change` and `getValue`. */
export interface FakeFormValue {
  complete: boolean;
  empty: boolean;
  value: {
    customerDetails: { email: string };
    shippingAddress: { name: string; address: { [K in keyof Required<Address>]: string | null } & { country: string } };
    payment: { collapsed: boolean; type: string };
  };
  status: { customerDetails: Section; shippingAddress: Section; payment: Section };
}

function valueOf(entered: Entered): FakeFormValue {
  const { email, name, line1, line2, city, state, postal_code, country } = entered;
  const section = (names: readonly (keyof FakeFormFields)[], optional: readonly (keyof FakeFormFields)[] = []) => ({
    complete: names.every((field) => entered[field] !== ""),
    empty: [...names, ...optional].every((field) => entered[field] === ""),
  });
  const status = {
    customerDetails: section(["email"]),
    shippingAddress: section(ADDRESS, ["line2", "state"]),
    payment: { complete: true, empty: false },
  };
  // Stripe's Form lets customers choose a country: there is none that is half typed.
  if (country.length !== 2) status.shippingAddress.complete = false;
  return {
    complete: status.customerDetails.complete && status.shippingAddress.complete,
    empty: status.customerDetails.empty && status.shippingAddress.empty,
    value: {
      customerDetails: { email },
      shippingAddress: {
        name,
        address: { line1, line2: line2 || null, city, state: state || null, postal_code, country },
      },
      payment: { collapsed: false, type: "card" },
    },
    status,
  };
}

export function createForm(
  world: WalletWorld,
  actions: Pick<FakeActions, "updateEmail" | "updateShippingAddress">,
  onDestroy: () => void,
): { element: FakeForm; wallet: FakeWallet; control: FakeFormControl } {
  const entered = Object.fromEntries(NAMES.map((name) => [name, ""])) as Entered;
  let inputs: HTMLInputElement[] = [];
  let wallets: HTMLElement | null = null;
  let problem: HTMLElement | null = null;

  const { element, dispatch } = createElement({ elementType, label: "Checkout form", fill, onDestroy });
  const redraw = (): void => wallets?.replaceChildren(...walletControls(world.wallets, wallet));
  const source = "checkout-form-ece";
  const wallet: Wallet = createWallet({ ...world, dispatch, elementType, source, redraw });

  function fill(box: HTMLElement): void {
    wallets = document.createElement("div");
    problem = document.createElement("p");
    problem.setAttribute("role", "alert");
    inputs = NAMES.map((name) => {
      const input = document.createElement("input");
      Object.assign(input, { name, value: entered[name] });
      input.addEventListener("input", () => control.enter({ [name]: input.value }));
      return input;
    });
    const labels = inputs.map((input) => {
      const label = withText("label", LABELS[input.name as keyof FakeFormFields]);
      label.append(input);
      return label;
    });
    const press = () => {
      control.pay().catch((error: Error) => problem?.replaceChildren(error.message));
    };
    box.append(wallets, ...labels, problem, button("Pay", press));
    redraw();
  }

  const control: FakeFormControl = {
    enter: (fields) => {
      const before = valueOf(entered);
      for (const [name, text] of Object.entries(fields) as [keyof FakeFormFields, string | undefined][]) {
        if (text !== undefined) entered[name] = text;
      }
      for (const input of inputs) input.value = entered[input.name as keyof FakeFormFields];
      problem?.replaceChildren();
      const now = valueOf(entered);
      dispatch("change", { elementType, ...now });
      // The Form tells Stripe by itself what the customer entered.
      const { customerDetails, shippingAddress } = now.value;
      const differs = (part: "customerDetails" | "shippingAddress") =>
        now.status[part].complete && JSON.stringify(now.value[part]) !== JSON.stringify(before.value[part]);
      if (differs("customerDetails")) void actions.updateEmail(customerDetails.email);
      if (differs("shippingAddress")) void actions.updateShippingAddress(shippingAddress);
    },
    pay: async (paymentMethodType = "card") => {
      if (!valueOf(entered).complete) throw new Error("The form is not complete.");
      const event = { source: "checkout-form-pay-button", paymentMethodType };
      const shown = world.state.session().total.total.minorUnitsAmount;
      const ended = await world.events.run(event, { form: true, shown }, () => dispatch("confirm", event));
      return { ended, failure: null };
    },
  };
  const form: FakeForm = Object.assign(element, {
    getValue: async () => valueOf(entered),
    setView: async () => {},
  });
  return { element: form, wallet, control };
}

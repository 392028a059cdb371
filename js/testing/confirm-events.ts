import type { FakeConfirmResult } from "./confirm-result.js";

/** The payment has left the page for this address. */
export interface Leaving {
  type: "redirect";
  url: string | undefined;
}

type Confirming = Promise<FakeConfirmResult | Leaving>;

/** A `confirm` event of a wallet or of the Form, while its handlers run. */
interface RunningEvent {
  form: boolean;
  /** The total that the customer agreed to. */
  shown: number;
  /** Tells of a call of `confirm` that belongs to it. */
  add: (confirming: Confirming) => void;
}

export type PaymentEnd = "paid" | "failed" | "redirected";

/** Stripe.js takes a payment of a wallet or of the Form only while the event's handlers run. */
export interface ConfirmEvents {
  /** Runs the handlers, which `dispatch` gives the results of; resolves to how the payment in them ended. */
  run: (event: object, about: Omit<RunningEvent, "add">, dispatch: () => unknown[]) => Promise<PaymentEnd>;
  /** The event that a payment belongs to: the one it was given, or in the Form the one that runs. */
  find: (given: object | undefined, where: "elements" | "form") => RunningEvent | undefined;
}

export function createConfirmEvents(): ConfirmEvents {
  const running = new Map<object, RunningEvent>();
  return {
    run: async (event, about, dispatch) => {
      const payments: Confirming[] = [];
      let leave!: () => void;
      const left = new Promise<void>((resolve) => (leave = resolve));
      const add = (confirming: Confirming): void => {
        payments.push(confirming);
        void confirming.then(({ type }) => type === "redirect" && leave()).catch(() => {});
      };
      running.set(event, { ...about, add });
      // A handler that waits for a payment which has left the page waits for ever.
      await Promise.race([Promise.allSettled(dispatch()), left]);
      running.delete(event);
      const ends = await Promise.allSettled(payments);
      const has = (type: string) => ends.some((end) => end.status === "fulfilled" && end.value.type === type);
      return has("success") ? "paid" : has("redirect") ? "redirected" : "failed";
    },
    find: (given, where) =>
      given ? running.get(given) : where === "form" ? [...running.values()].find(({ form }) => form) : undefined,
  };
}

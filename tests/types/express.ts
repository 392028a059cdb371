// Compiled, never run: Stripe's own elements, events and actions go in and come out.
import type {
  ClickResolveDetails,
  StripeCheckoutElementsSdk,
  StripeCheckoutFormLoadActionsSuccess,
  StripeCheckoutFormSdk,
  StripeCheckoutLoadActionsSuccess,
  StripeCheckoutSession,
  StripeExpressCheckoutElement,
  StripeExpressCheckoutElementClickEvent,
} from "@stripe/stripe-js";
import { bindExpressCheckout, bindForm } from "../../js/express.js";
import type { Updates } from "../../js/types.js";

declare const updates: Updates<any>;
declare const sdk: StripeCheckoutElementsSdk;
declare const actions: StripeCheckoutLoadActionsSuccess;
declare const plain: StripeExpressCheckoutElement;
declare const formSdk: StripeCheckoutFormSdk;
declare const formActions: StripeCheckoutFormLoadActionsSuccess;

const element = sdk.createExpressCheckoutElement();
const { unbind } = bindExpressCheckout(element, {
  updates,
  actions,
  confirm: (actions, event) => actions.confirm({ expressCheckoutConfirmEvent: event }),
  resolve: ({ expressPaymentType }: StripeExpressCheckoutElementClickEvent): ClickResolveDetails =>
    expressPaymentType === "apple_pay" ? { business: { name: "Northdesk" } } : {},
  onBlocked: ({ reason, session }) => {
    const shown: StripeCheckoutSession | undefined = reason === "changed" ? session : undefined;
    return shown;
  },
});
unbind();
// The same element as a page without Checkout Sessions has it.
bindExpressCheckout(plain, { updates, actions, confirm: () => {} });

bindForm(formSdk.createForm(), {
  updates,
  actions: formActions,
  confirm: (actions, event) => actions.confirm({ formConfirmEvent: event }),
}).unbind();

// @ts-expect-error no confirm
bindExpressCheckout(element, { updates, actions });
// @ts-expect-error not at once
bindExpressCheckout(element, { updates, actions, confirm: () => {}, resolve: async () => ({}) });
// @ts-expect-error a form has no sheet of its own to open
bindForm(formSdk.createForm(), { updates, actions: formActions, confirm: () => {}, resolve: () => ({}) });

// What the guides take for granted: the page's own functions and elements, and what Stripe.js gave it.
declare const Stripe: import("@stripe/stripe-js").StripeConstructor;
declare const stripe: import("@stripe/stripe-js").Stripe;
declare const clientSecret: string;
declare const sdk: import("@stripe/stripe-js").StripeCheckoutElementsSdk;
declare const actions: import("@stripe/stripe-js").StripeCheckoutLoadActionsSuccess;
declare const payButton: HTMLButtonElement;
declare function draw(session: unknown): void;
declare function show(message: string): void;

declare module "*?url" {
  const url: string;
  export default url;
}

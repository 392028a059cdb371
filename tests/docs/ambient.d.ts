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

// As much of the frameworks as the guides use.
declare module "svelte/store" {
  export interface Readable<T> {
    subscribe(run: (value: T) => void): () => void;
  }
  export function readable<T>(value: T, start: (set: (value: T) => void) => () => void): Readable<T>;
}
declare module "vue" {
  export function shallowRef<T>(value: T): { value: T };
  export function onScopeDispose(fn: () => void): void;
}

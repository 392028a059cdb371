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

// As much of Testing Library, and of a page of one's own, as the guide to tests uses.
declare module "@testing-library/react" {
  export function render(element: unknown): void;
  export const screen: {
    findByRole(role: string, options?: { name: string }): Promise<HTMLElement>;
    findByText(text: string, options?: object, wait?: { timeout: number }): Promise<HTMLElement>;
  };
}
declare module "@testing-library/user-event" {
  const userEvent: { click(element: HTMLElement): Promise<void> };
  export default userEvent;
}
declare module "*/checkout" {
  export function Checkout(props: { clientSecret: Promise<string> }): import("react").ReactElement;
}
declare module "*/stripe-stand-in" {
  export const stripe: ReturnType<typeof import("checkout-updates/testing").createFakeStripe>;
}

// A service worker's own event.
interface WindowEventMap {
  fetch: Event & { request: Request; respondWith(response: Promise<Response>): void };
}

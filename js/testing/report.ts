/** Reports an error as browsers report what a listener throws: it must be seen, and must stop nobody else. */
export function report(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** What Stripe.js throws when the page uses it in a wrong way. */
export function integrationError(message: string): Error {
  return Object.assign(new Error(message), { name: "IntegrationError" });
}

/** The message of what was thrown, which may come from another realm. */
export function messageOf(error: unknown, otherwise: string): string {
  const message = (error as { message?: unknown } | null | undefined)?.message;
  return typeof message === "string" && message ? message : otherwise;
}

// What Stripe.js reports, read where there is no instance of the module to read it. Anything may be passed as actions.

/** A copy of a session as it is now; `undefined` if it cannot be read. */
export function copyOfSession(session: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(session)) as unknown;
  } catch {
    return undefined;
  }
}

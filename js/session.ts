// What Stripe.js reports, read where there is no instance of the module to read it. Anything may be passed as actions.

/** The session that these actions report, as `Actions::session` of the crate finds it. */
export function sessionOf(actions: any): any {
  for (const name of ["getSession", "session"]) {
    try {
      const session: unknown = actions[name]();
      if (session !== undefined) return session;
    } catch {
      // Of another version.
    }
  }
  return actions;
}

/** A copy of a session as it is now; `undefined` if it cannot be read. */
export function copyOfSession(session: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(session)) as unknown;
  } catch {
    return undefined;
  }
}

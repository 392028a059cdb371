/** The session that actions report; the actions themselves where they report none. */
export declare function sessionOf(actions: unknown): any;
/** Whether a session is open, as far as it says. */
export declare function isOpen(session: unknown): boolean;

/** Whether a session is open, as far as it says. */
export declare function isOpen(session: unknown): boolean;

/** Whether this session has a mark of the last minute. Those that are too old are removed. */
export declare function isMarked(session: unknown): boolean;

/** Takes the mark of a session away. */
export declare function unmark(session: unknown): void;

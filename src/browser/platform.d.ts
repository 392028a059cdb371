/** Milliseconds by a clock of the page; not a number where it gives anything else, or throws. */
export declare function time(read: () => unknown): number;

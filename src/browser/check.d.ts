/** How one key of a record is checked: what its value must fulfil, that in words, and whether it has to be there. */
export type Row = readonly [fits: (value: any) => boolean, words: string, required?: boolean];

/** Throws what says where and what, and never holds the value. */
export declare function fail(where: string, problem: string): never;
/** What was given, in words that hold no secret. */
export declare function got(value: unknown): string;
export declare function matches(pattern: RegExp, words: string): Row;
export declare const callback: Row;
export declare const record: Row;
export declare const text: Row;
export declare function needed(row: Row): Row;
/** The error for a name that is none of these. */
export declare function undeclared(method: string, name: unknown, names: readonly string[]): TypeError;
/** A frozen copy of a record whose keys are all known and whose values all fit; what is `undefined` is left out. */
export declare function checked<T>(where: string, given: T, rows: Readonly<Record<string, Row>>): Readonly<T>;

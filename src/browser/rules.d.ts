/** The rule of this kind; throws `TypeError` for what it does not take. */
export declare function rule(kind: string, given: object): any;

/** What `endpoint` gives; throws `TypeError` that names what is wrong. */
export declare function declare(declared: object): any;

/** Checks what an endpoint declares; throws `TypeError` that names what is wrong. */
export declare function lint(where: string, declared: object): any;

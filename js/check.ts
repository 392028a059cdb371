/** How one key of a record is checked: what its value must fulfil, that in words, and whether it has to be there. */
export type Row = readonly [fits: (value: any) => boolean, words: string, required?: boolean];

export const { freeze, keys } = Object;

/** Throws what says where and what, and never holds the value. */
export function fail(where: string, problem: string): never {
  throw new TypeError(where + ": " + problem);
}

export const quote = (name: string): string => '"' + name + '"';

export const matches = (pattern: RegExp, words: string): Row => [
  (value) => typeof value === "string" && pattern.test(value),
  words,
];

export const whole = (min: number, max: number): Row => [
  (value) => Number.isInteger(value) && value >= min && value <= max,
  `a whole number from ${min} to ${max}`,
];

export const boolean: Row = [(value) => typeof value === "boolean", "true or false"];
export const callback: Row = [(value) => typeof value === "function", "a function"];
export const record: Row = [
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "an object",
];
export const text = matches(/./s, "a string that is not empty");

export const needed = ([fits, words]: Row): Row => [fits, words, true];

/** A frozen copy of a record whose keys are all known and whose values all fit; what is `undefined` is left out. */
export function checked<T>(where: string, given: T, rows: Readonly<Record<string, Row>>): Readonly<T> {
  if (!record[0](given)) fail(where, "must be an object");
  const copy = { ...given } as Record<string, unknown>;
  const known = keys(rows);
  for (const key of new Set([...known, ...keys(copy)])) {
    if (!known.includes(key)) fail(where, "unknown key " + quote(key));
    const [fits, words, required] = rows[key]!;
    const value = copy[key];
    if (value === undefined && !required) delete copy[key];
    else if (!fits(value)) fail(where, quote(key) + " must be " + words);
  }
  return freeze(copy) as T;
}

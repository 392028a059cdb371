// How records that a page wrote are checked: what is wrong is a TypeError that says where and what, and never holds the
// value. A row is [fits, words, required]: what the value must fulfil, that in words, and whether it has to be there.

export const { freeze, keys } = Object;

/** Throws what says where and what. */
export function fail(where, problem) {
  throw new TypeError(where + ": " + problem);
}

export const quote = (name) => '"' + name + '"';

export const matches = (pattern, words) => [(value) => typeof value === "string" && pattern.test(value), words];

export const whole = (min, max) => [
  (value) => Number.isInteger(value) && value >= min && value <= max,
  `a whole number from ${min} to ${max}`,
];

export const boolean = [(value) => typeof value === "boolean", "true or false"];
export const callback = [(value) => typeof value === "function", "a function"];
export const record = [(value) => typeof value === "object" && value !== null && !Array.isArray(value), "an object"];
export const text = matches(/./s, "a string that is not empty");

export const needed = ([fits, words]) => [fits, words, true];

/**
 * A frozen copy of a record whose keys are all known and whose values all fit; what is `undefined` is left out. It has no
 * prototype: what other scripts have added to `Object.prototype` is no option.
 */
export function checked(where, given, rows) {
  if (!record[0](given)) fail(where, "must be an object");
  const copy = { __proto__: null, ...given };
  const known = keys(rows);
  for (const key of new Set([...known, ...keys(copy)])) {
    if (!known.includes(key)) fail(where, "unknown key " + quote(key));
    const [fits, words, required] = rows[key];
    const value = copy[key];
    if (value === undefined && !required) delete copy[key];
    else if (!fits(value)) fail(where, quote(key) + " must be " + words);
  }
  return freeze(copy);
}

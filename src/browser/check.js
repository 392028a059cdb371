// How records that a page wrote are checked. What is wrong is a TypeError that names the record and the key, what it got
// and what is allowed. A row is [fits, words, required]: what the value must fulfil, that in words, and whether it has
// to be there.

export const { freeze, keys } = Object;

/** Throws what says where and what. */
export function fail(where, problem) {
  throw new TypeError(where + ": " + problem);
}

export const quote = (name) => '"' + name + '"';

export const list = (names) => names.map(quote).join(", ");

/** What was given, for an error. A text is quoted only if it is one short word: a secret or an id is none. */
export function got(value) {
  const type = typeof value;
  if (type === "string") return /^[a-z]{0,20}$/i.test(value) ? quote(value) : `a string of length ${value.length}`;
  if (Array.isArray(value)) return "an array";
  if (type === "object" && value) return "an object";
  return type === "function" || type === "symbol" ? "a " + type : String(value);
}

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

/** The error for a name that is none of these. */
export const undeclared = (method, name, names) =>
  new TypeError(
    `${method}: no endpoint ${typeof name === "string" ? quote(name) : "of type " + typeof name}; declared are ${list(names)}`,
  );

/**
 * A frozen copy of a record whose keys are all known and whose values all fit; what is `undefined` is left out. It has no
 * prototype: what other scripts have added to `Object.prototype` is no option.
 */
export function checked(where, given, rows) {
  if (!record[0](given)) fail(where, "must be an object, not " + got(given));
  const copy = { __proto__: null, ...given };
  const known = keys(rows);
  for (const key of new Set([...known, ...keys(copy)])) {
    if (!known.includes(key)) fail(where, `unknown key ${quote(key)}; keys are ${list(known)}`);
    const [fits, words, required] = rows[key];
    const value = copy[key];
    if (value === undefined && !required) delete copy[key];
    else if (!fits(value)) fail(where, `${quote(key)} must be ${words}, not ${got(value)}`);
  }
  return freeze(copy);
}

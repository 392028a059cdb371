// What an endpoint declares, and the lint of it. Plain records, so that another copy of this package can read them, and
// a page can write them by hand.
import {
  boolean,
  callback,
  checked,
  fail,
  freeze,
  got,
  keys,
  list,
  matches,
  needed,
  quote,
  record,
  text,
  whole,
} from "./check.js";

const MOST_FIELDS = 16;

/**
 * Names of money and of what only the server may set, from the parameters of Stripe's Checkout Sessions. A lint for
 * honest mistakes: the server looks up every amount, whatever a field is called.
 */
const SERVERS_OWN =
  /^(prices?(id|data)?|((custom)?unit|discount|shipping|tax)?amounts?(decimal|due|subtotal|total)?|currency|(line|optional)items|discounts?|(sub)?totals?|(automatic)?tax(rates?)?|shipping(cost|options|ratedata)|clientsecret|metadata|(payment)?(intent|status)|customer(id)?|mode|expiresat|trial(end|perioddays))$/;

// A lone surrogate does not reach the body as it is, so two of them could not be told apart.
const isChoice = matches(/^\P{Cs}*$/u, "")[0];

/** What each kind of rule takes. Rules can be written by hand, so `lint` looks again. */
const KINDS = {
  oneOf: [
    ({ values }) =>
      Array.isArray(values) && values.length > 0 && new Set(values).size === values.length && values.every(isChoice),
    "different strings",
  ],
  identifier: [
    ({ prefix = "" }) => matches(/^(?!sk_|rk_|whsec_|.*_secret_)[\w-]{0,254}$/, "")[0](prefix),
    "a prefix of A-Z a-z 0-9 _ - that starts no secret",
  ],
  integer: [
    ({ min, max }) => Number.isSafeInteger(min) && Number.isSafeInteger(max) && min <= max,
    "two safe integers, the smaller first",
  ],
  text: [({ max }) => whole(1, 255)[0](max), "a whole number from 1 to 255"],
  flag: [() => true, ""],
  address: [() => true, ""],
};

/** What a rule of a known kind got that it does not take; empty if there is nothing. */
function misfit(declared) {
  const [fits, words] = KINDS[declared.kind];
  if (fits(declared)) return "";
  const own = keys(declared).filter((key) => !/^(kind|isOptional|optional)$/.test(key));
  return `takes ${words}, not ${
    own
      .flatMap((key) => declared[key])
      .map(got)
      .join(", ") || "nothing"
  }`;
}

/** The rule of this kind. */
export function rule(kind, given) {
  const variant = (isOptional) => freeze({ kind, ...given, isOptional, optional: () => variant(true) });
  const made = variant(false);
  const problem = misfit(made);
  if (problem) fail(kind, problem);
  return made;
}

const milliseconds = whole(1, 20_000);

const OPTIONS = {
  latest: [
    (value) => typeof value === "boolean" || (Array.isArray(value) && value.length > 0),
    "true, false or an array with names of fields",
  ],
  dedupe: boolean,
  idempotencyKey: boolean,
  retries: whole(0, 5),
  attemptTimeoutMs: milliseconds,
  timeoutMs: milliseconds,
  credentials: matches(/^(omit|same-origin|include)$/, '"omit", "same-origin" or "include"'),
  csrf: boolean,
};

const ENDPOINT = { url: needed(text), rules: needed(record), options: record, body: callback };

/** Checks what an endpoint declares; `check` of options.js does it again under the endpoint's name. */
export function lint(where, declared) {
  const { url, rules: given, options = { __proto__: null } } = checked(where, declared, ENDPOINT);
  const rules = freeze({ ...given });
  const names = keys(rules);
  if (names.length > MOST_FIELDS) fail(where, `"rules" has ${names.length} fields; at most ${MOST_FIELDS} are allowed`);
  for (const name of names) {
    const wrong = (problem) => fail(where, `rule of ${quote(name)} ${problem}`);
    const declaredRule = rules[name];
    if (!record[0](declaredRule)) wrong("must be an object, not " + got(declaredRule));
    const { kind } = declaredRule;
    if (!keys(KINDS).includes(kind)) wrong(`has kind ${got(kind)}; kinds are ${list(keys(KINDS))}`);
    const problem = misfit(declaredRule);
    if (problem) wrong(problem);
    if (!name) wrong("has no name; the name of a field has at least one character");
    if (/^i/.test(kind) && SERVERS_OWN.test(name.toLowerCase().replace(/[^a-z\d]/g, ""))) {
      fail(where, `field ${quote(name)} is the server's to decide; its kind must be oneOf or flag, not ${kind}`);
    }
  }
  const known = checked(where, options, OPTIONS);
  const { latest } = known;
  if (latest === true && names.length !== 1) {
    fail(where, `"latest" must name fields if there is not exactly one; fields are ${list(names) || "none"}`);
  }
  for (const name of latest === true ? names : latest || []) {
    if (!names.includes(name)) fail(where, `"latest" has no field ${got(name)}; fields are ${list(names)}`);
    if (rules[name].kind === "address")
      fail(where, `"latest" has field ${quote(name)}, and an address is not compared`);
  }
  if (known.idempotencyKey === false && known.retries) {
    fail(where, `"retries" is ${known.retries}; without "idempotencyKey" it must be 0`);
  }
  return freeze({ url, rules, options: known });
}

/** What `endpoint` gives: a record whose `body` says what the answer holds, to the compiler alone. */
export function declare(declared) {
  const { url } = declared;
  const made = freeze({
    ...lint("endpoint " + (/^(\/|https?:)/.test(url) ? quote(url) : got(url)), declared),
    body: () => made,
  });
  return made;
}

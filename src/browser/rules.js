// What an endpoint declares, and the lint of it. Plain records, so that another copy of this package can read them, and
// a page can write them by hand.
import { boolean, checked, fail, freeze, keys, matches, needed, quote, record, text, whole } from "./check.js";

const MOST_FIELDS = 16;

/**
 * Names of money and of what only the server may set, from the parameters of Stripe's Checkout Sessions. A lint for
 * honest mistakes: the server looks up every amount, whatever a field is called.
 */
const SERVERS_OWN =
  /^(prices?(id|data)?|((custom)?unit|discount|shipping|tax)?amounts?(decimal|due|subtotal|total)?|currency|(line|optional)items|discounts?|(sub)?totals?|(automatic)?tax(rates?)?|shipping(cost|options|ratedata)|clientsecret|metadata|(payment)?(intent|status)|customer(id)?|mode|expiresat|trial(end|perioddays))$/;

// A lone surrogate does not reach the body as it is, so two of them could not be told apart.
const isChoice = matches(/^\P{Cs}*$/u, "")[0];

/** What each rule takes. Rules can be written by hand, so `lint` looks again. */
const TAKES = {
  oneOf: [
    ({ values }) => values?.length > 0 && new Set(values).size === values.length && values.every(isChoice),
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
  text: [({ max }) => whole(1, 255)[0](max), "at most 255 characters"],
  flag: [() => true, ""],
};

/** The rule of this kind. */
export function rule(kind, given) {
  const variant = (isOptional) => freeze({ kind, ...given, isOptional, optional: () => variant(true) });
  const made = variant(false);
  const [fits, words] = TAKES[kind];
  if (!fits(made)) fail(kind, "takes " + words);
  return made;
}

const milliseconds = whole(1, 20_000);

const OPTIONS = {
  latest: [(value) => typeof value === "boolean" || (Array.isArray(value) && value.length > 0), "true or field names"],
  join: boolean,
  idempotencyKey: boolean,
  retries: whole(0, 5),
  attemptTimeoutMs: milliseconds,
  timeoutMs: milliseconds,
  credentials: matches(/^(omit|same-origin|include)$/, "omit, same-origin or include"),
  csrf: boolean,
};

const ENDPOINT = { url: needed(text), rules: needed(record), options: record };

/** Checks what an endpoint declares; `check` of options.js does it again under the endpoint's name. */
export function lint(where, declared) {
  const { url, rules: given, options = { __proto__: null } } = checked(where, declared, ENDPOINT);
  const rules = freeze({ ...given });
  const names = keys(rules);
  if (names.length > MOST_FIELDS) fail(where, `more than ${MOST_FIELDS} fields`);
  for (const name of names) {
    const wrong = (problem) => fail(where, "field " + quote(name) + " " + problem);
    const declaredRule = rules[name];
    const [fits, words] =
      (keys(TAKES).includes(declaredRule?.kind) && TAKES[declaredRule.kind]) || wrong("needs a rule");
    if (!name) wrong("needs a name");
    if (!fits(declaredRule)) wrong("takes " + words);
    if (/^i/.test(declaredRule.kind) && SERVERS_OWN.test(name.toLowerCase().replace(/[^a-z\d]/g, ""))) {
      wrong("is the server's to decide; use oneOf or flag");
    }
  }
  const known = checked(where, options, OPTIONS);
  const { latest } = known;
  if (latest === true && names.length !== 1) fail(where, '"latest" must name fields, unless there is one');
  for (const name of latest && latest !== true ? latest : []) {
    if (!names.includes(name)) fail(where, '"latest" names no field: ' + quote(String(name)));
  }
  if (known.idempotencyKey === false && known.retries) fail(where, '"retries" need "idempotencyKey"');
  return freeze({ url, rules, options: known });
}

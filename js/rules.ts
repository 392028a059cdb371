import {
  boolean,
  checked,
  fail,
  freeze,
  keys,
  matches,
  needed,
  quote,
  record,
  text,
  whole,
  type Row,
} from "./check.js";
import type { Endpoint, EndpointOptions, Rule, Rules } from "./types.js";

/** What a rule holds. A plain object, so that a second copy of this package can read it. */
export type RuleData = { readonly isOptional: boolean } & (
  | { readonly kind: "oneOf"; readonly values: readonly string[] }
  | { readonly kind: "identifier"; readonly prefix: string }
  | { readonly kind: "integer"; readonly min: number; readonly max: number }
  | { readonly kind: "flag" }
);

const MOST_FIELDS = 16;

/**
 * Names of money and of what only the server may set, from the parameters of Stripe's Checkout Sessions. A lint for
 * honest mistakes: the server looks up every amount, whatever a field is called.
 */
const SERVERS_OWN =
  /^(prices?(id|data)?|((custom)?unit|discount|shipping|tax)?amounts?(decimal|due|subtotal|total)?|currency|(line|optional)items|discounts?|(sub)?totals?|(automatic)?tax(rates?)?|shipping(cost|options|ratedata)|clientsecret|metadata|(payment)?(intent|status)|customer(id)?|mode|expiresat|trial(end|perioddays))$/;

// A lone surrogate does not reach the body as it is, so two of them could not be told apart.
const isChoice = matches(/^\P{Cs}*$/u, "")[0];

/** What each rule takes. Rules can be written by hand, so `endpoint` looks again. */
const TAKES: Record<string, Row> = {
  oneOf: [
    ({ values }) => values?.length > 0 && new Set(values).size === values.length && values.every(isChoice),
    "different strings",
  ],
  identifier: [
    ({ prefix }) => matches(/^(?!sk_|rk_|whsec_|.*_secret_)[\w-]{0,254}$/, "")[0](prefix),
    "a prefix of A-Z a-z 0-9 _ - that starts no secret",
  ],
  integer: [
    ({ min, max }) => Number.isSafeInteger(min) && Number.isSafeInteger(max) && min <= max,
    "two safe integers, the smaller first",
  ],
  flag: [() => true, ""],
};

function make<T>(kind: string, arguments_: object): Rule<T> {
  const variant = (isOptional: boolean) =>
    freeze({ kind, ...arguments_, isOptional, optional: (): unknown => variant(true) });
  const rule = variant(false);
  const [fits, words] = TAKES[kind]!;
  if (!fits(rule)) fail(kind, "takes " + words);
  return rule as unknown as Rule<T>;
}

/** A field that holds one of these texts. */
export function oneOf<const V extends readonly [string, ...string[]]>(...values: V): Rule<V[number]> {
  return make("oneOf", { values: freeze(values) });
}

/** A field that holds 1 to 255 of `A-Z a-z 0-9 _ -`, starting with the prefix. Secrets are refused. */
export function identifier(prefix = ""): Rule<string> {
  return make("identifier", { prefix });
}

/** A field that holds a whole number from `min` to `max`, both included. */
export function integer(min: number, max: number): Rule<number> {
  return make("integer", { min, max });
}

/** A field that holds `true` or `false`. */
export function flag(): Rule<boolean> {
  return make("flag", {});
}

const milliseconds = whole(1, 20_000);

const OPTIONS: Record<keyof EndpointOptions, Row> = {
  latest: [(value) => typeof value === "boolean" || (Array.isArray(value) && value.length > 0), "true or field names"],
  join: boolean,
  idempotencyKey: boolean,
  retries: whole(0, 5),
  attemptTimeoutMs: milliseconds,
  timeoutMs: milliseconds,
  credentials: matches(/^(omit|same-origin|include)$/, "omit, same-origin or include"),
  csrf: boolean,
};

const ENDPOINT: Record<keyof Endpoint, Row> = { url: needed(text), rules: needed(record), options: needed(record) };

/** Checks what `endpoint` was given; `createUpdates` does it again under the endpoint's name. */
export function lint(where: string, declared: Endpoint): Endpoint {
  const { url, rules: given, options } = checked(where, declared, ENDPOINT);
  const rules = freeze({ ...given });
  const names = keys(rules);
  if (names.length > MOST_FIELDS) fail(where, `more than ${MOST_FIELDS} fields`);
  for (const name of names) {
    const wrong = (problem: string) => fail(where, "field " + quote(name) + " " + problem);
    const rule = rules[name] as unknown as RuleData | undefined;
    const [fits, words] = TAKES[rule?.kind!] ?? wrong("needs a rule");
    if (!name) wrong("needs a name");
    if (!fits(rule)) wrong("takes " + words);
    if (/^i/.test(rule!.kind) && SERVERS_OWN.test(name.toLowerCase().replace(/[^a-z\d]/g, ""))) {
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

/**
 * Declares a server URL for one customer interaction, and the rules of its intent.
 *
 * @throws TypeError that names the field or the option, for whatever is wrong.
 */
export function endpoint<const R extends Rules>(
  url: string,
  rules: R,
  options: EndpointOptions<keyof R & string> = {},
): Endpoint<R> {
  return lint("endpoint", { url, rules, options }) as Endpoint<R>;
}

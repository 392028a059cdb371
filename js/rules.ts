import { declare, rule } from "../src/browser/rules.js";
import type { Address, Endpoint, EndpointOptions, Rule, Rules } from "./types.js";

/** A field with one of these texts. */
export function oneOf<const V extends readonly [string, ...string[]]>(...values: V): Rule<V[number]> {
  return rule("oneOf", { values: Object.freeze(values) });
}

/** A field with an ID: 1 to 255 of `A-Z a-z 0-9 _ -`, starting with the prefix. Secrets are refused. */
export function identifier(prefix = ""): Rule<string> {
  return rule("identifier", { prefix });
}

/** A field with a whole number from `min` to `max`, both included. */
export function integer(min: number, max: number): Rule<number> {
  return rule("integer", { min, max });
}

/** A field with a customer's text, such as a promotion code: 1 to `max` (at most 255) characters. */
export function text(max: number): Rule<string> {
  return rule("text", { max });
}

/** A field with `true` or `false`. */
export function flag(): Rule<boolean> {
  return rule("flag", {});
}

/**
 * A field with a shipping address, as the customer enters it. It is checked and sent as a whole; `latest` and `match` do
 * not compare it.
 */
export function address(): Rule<Address> {
  return rule("address", {});
}

/**
 * Declares a server URL for one customer interaction, and the rules of its intent.
 *
 * @throws TypeError that names the wrong field or option.
 */
export function endpoint<const R extends Rules>(
  url: string,
  rules: R,
  options: EndpointOptions<keyof R & string> = {},
): Endpoint<R> {
  return declare({ url, rules, options });
}

import { declare, rule } from "../src/browser/rules.js";
import type { Address, Endpoint, EndpointOptions, Rule, Rules } from "./types.js";

/** A field that holds one of these texts. */
export function oneOf<const V extends readonly [string, ...string[]]>(...values: V): Rule<V[number]> {
  return rule("oneOf", { values: Object.freeze(values) });
}

/** A field that holds 1 to 255 of `A-Z a-z 0-9 _ -`, starting with the prefix. Secrets are refused. */
export function identifier(prefix = ""): Rule<string> {
  return rule("identifier", { prefix });
}

/** A field that holds a whole number from `min` to `max`, both included. */
export function integer(min: number, max: number): Rule<number> {
  return rule("integer", { min, max });
}

/** A field that holds what a customer types, such as a promotion code: 1 to `max` (at most 255) characters. */
export function text(max: number): Rule<string> {
  return rule("text", { max });
}

/** A field that holds `true` or `false`. */
export function flag(): Rule<boolean> {
  return rule("flag", {});
}

/**
 * A field that holds what a customer enters to have goods sent there. It is checked, and leaves the page, as a whole:
 * `latest` and `match` do not compare it.
 */
export function address(): Rule<Address> {
  return rule("address", {});
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
  return declare({ url, rules, options });
}

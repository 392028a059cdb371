import type { Glue } from "./engine.js";
import type { NormalisedOptions } from "./options.js";

/** The kinds of rules, by the number that the engine knows them by. */
const KINDS = ["oneOf", "identifier", "integer", "flag"];

/** Tells the engine of an endpoint, or of the name of a wrapped function. */
export function declare(glue: Glue, handle: number, options: NormalisedOptions, position: number): void {
  const declared = options.endpoints[position];
  if (!declared) {
    glue.endpoint(handle, -1, false, false, false, 0, 0, options.timeoutMs);
    return;
  }
  const { latest, join, idempotencyKey, csrf, retries, attemptTimeoutMs, timeoutMs } = declared;
  const shared = latest ? latest.reduce((bits, field) => bits | (1 << field), 0) : -1;
  glue.endpoint(
    ...([handle, shared, join, idempotencyKey, csrf && !!options.csrf] as const),
    ...([retries, attemptTimeoutMs, timeoutMs] as const),
  );
  for (const { name, rule } of declared.fields) {
    const [least, most] = rule.kind === "integer" ? [rule.min, rule.max] : [0, 0];
    glue.field(handle, name, rule.isOptional, KINDS.indexOf(rule.kind), least, most);
    const choices = rule.kind === "oneOf" ? rule.values : rule.kind === "identifier" ? [rule.prefix] : [];
    for (const choice of choices) glue.choice(handle, choice);
  }
}

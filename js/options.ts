import {
  callback,
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
import { ADVICE } from "./error.js";
import { lint, type RuleData } from "./rules.js";
import type { Endpoints, UpdatesOptions } from "./types.js";

/** A declared endpoint with every default filled in. */
export interface NormalisedEndpoint {
  readonly name: string;
  /** A path, or the URL of another origin. */
  readonly url: string;
  readonly crossOrigin: boolean;
  readonly fields: readonly { readonly name: string; readonly rule: RuleData }[];
  /** Positions of the fields that must be equal for a waiting update to be superseded; `null` for never. */
  readonly latest: readonly number[] | null;
  readonly join: boolean;
  readonly idempotencyKey: boolean;
  readonly retries: number;
  /** 0 for none. */
  readonly attemptTimeoutMs: number;
  readonly timeoutMs: number;
  readonly credentials: "omit" | "same-origin" | "include";
  readonly csrf: boolean;
}

/** What `createUpdates` was given, checked, with every default filled in. */
export type NormalisedOptions = Omit<UpdatesOptions<Endpoints>, "endpoints" | "allowedOrigins"> & {
  readonly endpoints: readonly NormalisedEndpoint[];
  readonly sessionField: string;
  readonly timeoutMs: number;
  readonly messages: NonNullable<UpdatesOptions<Endpoints>["messages"]>;
};

// An origin as browsers write it; plain http for this machine only. No URL parser: it would forgive.
const isOrigin = matches(
  /^(https:\/\/([a-z\d.-]+|\[[\da-f:.]+])|http:\/\/(localhost|127\.0\.0\.1|\[::1]))(:\d{1,5})?$/,
  "",
)[0];

const OPTIONS: Record<keyof UpdatesOptions<Endpoints>, Row> = {
  endpoints: needed(record),
  session: callback,
  sessionField: text,
  timeoutMs: whole(1, 20_000),
  allowedOrigins: [(value) => Array.isArray(value) && value.every(isOrigin), "origins such as https://api.example.com"],
  csrf: record,
  messages: record,
  onFailure: callback,
};

const CSRF: Record<"header" | "token", Row> = {
  // Not the package's own headers, nor those that a browser does not let a page set.
  header: needed(
    matches(
      /^(?!accept|connection|content-|cookie|host$|idempotency-key$|origin$|proxy-|referer$|sec-)[\w!#$%&'*+.^`|~-]+$/i,
      "a header that a page may set",
    ),
  ),
  token: needed(callback),
};

/** Whether it is a path; if not, it is of an allowed origin. */
function isPath(where: string, url: string, origins: readonly string[]): boolean {
  // What URL parsers strip or turn into a slash, and the fragment, which is never sent.
  if (/[\s\\#\0-\x1f\x7f]/.test(url)) fail(where, '"url" must not have spaces, backslashes or "#"');
  const path = /^\/(?!\/)/.test(url);
  if (!path && !origins.some((origin) => url.startsWith(origin) && /^([/?]|$)/.test(url.slice(origin.length)))) {
    fail(where, '"url" must start with one "/" or one of "allowedOrigins"');
  }
  return path;
}

/**
 * Checks everything that can be checked before the first update. Reads no global, so that it works on a server.
 *
 * @throws TypeError that names the key, for whatever is wrong.
 */
export function normalise(given: UpdatesOptions<Endpoints>): NormalisedOptions {
  const {
    endpoints,
    allowedOrigins = [],
    sessionField = "checkout_session_id",
    timeoutMs = 19_500,
    messages = {},
    csrf,
    ...rest
  } = checked("createUpdates", given, OPTIONS);
  return freeze({
    ...rest,
    sessionField,
    timeoutMs,
    messages: checked("messages", messages, Object.fromEntries(keys(ADVICE).map((kind) => [kind, text]))),
    ...(csrf && { csrf: checked("csrf", csrf, CSRF) }),
    endpoints: keys(endpoints).map((name): NormalisedEndpoint => {
      const where = "endpoints." + name;
      if (!name || name === "__proto__") fail("endpoints", quote(name) + " is no name");
      const { url, rules, options } = lint(where, endpoints[name]!);
      const path = isPath(where, url, allowedOrigins);
      const names = keys(rules);
      if (names.includes(sessionField)) fail(where, "field " + quote(sessionField) + ' is the "sessionField"');
      const { latest } = options;
      return freeze({
        timeoutMs,
        join: true,
        idempotencyKey: true,
        retries: 0,
        attemptTimeoutMs: 0,
        credentials: path ? "same-origin" : "omit",
        csrf: path,
        ...options,
        name,
        url,
        crossOrigin: !path,
        fields: names.map((field) => ({ name: field, rule: rules[field] as unknown as RuleData })),
        // For an endpoint with one field: whatever its value.
        latest: latest ? (latest === true ? [] : latest.map((field) => names.indexOf(field))) : null,
      });
    }),
  });
}

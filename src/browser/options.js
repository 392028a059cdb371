// The one check of what `createUpdates` and the crate's `Updates` are given: in JavaScript, because a page is told of a
// wrong option before the module is there.
import {
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
import { ADVICE } from "./error.js";
import { lint } from "./rules.js";

// An origin as browsers write it; plain http for this machine only. No URL parser: it would forgive.
const isOrigin = matches(
  /^(https:\/\/([a-z\d.-]+|\[[\da-f:.]+])|http:\/\/(localhost|127\.0\.0\.1|\[::1]))(:\d{1,5})?$/,
  "",
)[0];

const OPTIONS = {
  endpoints: needed(record),
  session: callback,
  sessionField: text,
  timeoutMs: whole(1, 20_000),
  allowedOrigins: [Array.isArray, "an array of origins"],
  csrf: record,
  messages: [(value) => record[0](value) || callback[0](value), "an object or a function"],
  onFailure: callback,
  onSettled: callback,
  fetch: callback,
};

const CSRF = {
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
function isPath(where, url, origins) {
  // What URL parsers strip or turn into a slash, and the fragment, which is never sent.
  if (/[\s\\#\0-\x1f\x7f]/.test(url)) fail(where, '"url" must not have spaces, backslashes or "#", not ' + got(url));
  const path = /^\/(?!\/)/.test(url);
  if (!path && !origins.some((origin) => url.startsWith(origin) && /^([/?]|$)/.test(url.slice(origin.length)))) {
    fail(
      where,
      `"url" must start with one "/" or one of "allowedOrigins", not ${got(url)}; "allowedOrigins" has ${list(origins) || "none"}`,
    );
  }
  return path;
}

/** What `check` gave: what a page was told at once need not be looked at again by the module. */
const known = new WeakSet();

/**
 * Checks everything that can be checked before the first update, and fills in every default. Reads no global, so that it
 * works on a server.
 *
 * @throws TypeError that names the key, for whatever is wrong.
 */
export function check(given) {
  return known.has(given) ? given : checkedOptions(given);
}

function checkedOptions(given) {
  const {
    endpoints,
    allowedOrigins = [],
    sessionField = "checkout_session_id",
    timeoutMs = 19_500,
    messages = { __proto__: null },
    csrf,
    ...rest
  } = checked("createUpdates", given, OPTIONS);
  for (const origin of allowedOrigins) {
    if (!isOrigin(origin)) {
      fail(
        "createUpdates",
        `"allowedOrigins" must have origins such as "https://api.example.com", with nothing behind, not ${got(origin)}`,
      );
    }
  }
  const options = freeze({
    __proto__: null,
    ...rest,
    sessionField,
    timeoutMs,
    messages:
      typeof messages === "function"
        ? messages
        : checked('createUpdates: "messages"', messages, Object.fromEntries(keys(ADVICE).map((kind) => [kind, text]))),
    ...(csrf && { csrf: checked('createUpdates: "csrf"', csrf, CSRF) }),
    endpoints: keys(endpoints).map((name) => {
      const where = "createUpdates: endpoint " + quote(name);
      if (!name || name === "__proto__") fail(where, 'a name has at least one character and is not "__proto__"');
      const { url, rules, options } = lint(where, endpoints[name]);
      const path = isPath(where, url, allowedOrigins);
      const names = keys(rules);
      if (names.includes(sessionField))
        fail(where, `"sessionField" is the field ${quote(sessionField)}; give one another name`);
      const { latest } = options;
      return freeze({
        __proto__: null,
        timeoutMs,
        dedupe: true,
        idempotencyKey: true,
        retries: 0,
        attemptTimeoutMs: 0,
        credentials: path ? "same-origin" : "omit",
        csrf: path,
        ...options,
        name,
        url,
        fields: names.map((field) => ({ name: field, rule: rules[field] })),
        // For an endpoint with one field: whatever its value.
        latest: latest ? (latest === true ? [] : latest.map((field) => names.indexOf(field))) : null,
      });
    }),
  });
  known.add(options);
  return options;
}

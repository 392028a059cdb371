// The table of faults, as data. `docs/faults.md` is made from it.

/**
 * @typedef {object} Fault
 * @property {string} fault What happens, for the reader.
 * @property {string} path The fault's name and parameters at the fault server, without `apply`.
 * @property {"page" | "other" | "unaccepting" | "refusing"} [origin] Where it is sent. Default: the page's own.
 * @property {string} kind The kind of the failure, or `success`.
 * @property {"no" | "yes" | "unknown"} applied
 * @property {"at once" | "in time" | "deadline"} settles In time: after a wait that the row is about.
 * @property {("no" | "before" | "after")[]} [server] When the server makes the change; one run each. Without it, the
 *   fault server decides: an answer of success comes after the change, any other without it.
 * @property {number | null} [status] The status that the failure names. Default: `null`.
 * @property {string} [message] The server's own, where it is shown.
 * @property {number | "any"} [requests] How many the server gets. Default: 1.
 * @property {boolean} [primed] Whether another update goes first, so that its connection is used again.
 * @property {boolean} [leaves] Whether the page gives the answer up before it ends; so it does at each deadline.
 * @property {object} [endpointOptions]
 * @property {Record<string, Partial<Fault>>} [inBrowser] What is otherwise in one browser.
 */

/** The deadline of rows that reach it, in milliseconds. */
export const SHORT_DEADLINE = 400;
/** The deadline of rows that settle at once. */
export const LONG_DEADLINE = 5_000;

const ok = { kind: "success", applied: "yes", settles: "at once" };
const refused = { kind: "refused", applied: "no", settles: "at once" };
/** What says no in a 2xx, where the fault server would make the change. */
const saysNo = { ...refused, status: 200, server: ["no"] };
const limited = { kind: "rate_limited", applied: "no", settles: "at once", status: 429 };
const closed = { ...refused, kind: "session_closed" };
/** The server may have made the change or not: the row is run both ways. */
const doubt = { applied: "unknown", settles: "at once", server: ["no", "before"] };
const failed = { kind: "server_error", ...doubt };
const bad = { kind: "bad_response", ...doubt };
const lost = { kind: "network", ...doubt };
const late = { kind: "timeout", ...doubt, settles: "deadline" };
const SOLD_OUT = "Sold out.";
const CLOSED = '{"code":"session_closed"}';
/** WebKitGTK tells a page that there was no answer, where the others repeat the request or make up an empty one. */
const lostInWebkit = (server) => ({ inBrowser: { WebKitGTK: { ...lost, server, requests: 1 } } });

/** A path with a body of one's own. */
const answer = (code, body) => `answer?code=${code}&body=${encodeURIComponent(body)}`;
const refusal = (message) => answer(400, JSON.stringify({ type: "error", message }));

/** @type {{ title: string, rows: Fault[] }[]} */
export const groups = [
  {
    title: "No answer",
    rows: [
      {
        fault: "the connection is never accepted",
        path: "silent",
        origin: "unaccepting",
        ...late,
        server: ["no"],
        requests: 0,
      },
      { fault: "accepted, then silence", path: "silent", ...late },
      { fault: "the head drips, a byte a second", path: "drip-head", ...late },
      { fault: "the body drips, a byte a second", path: "drip", ...late },
      {
        fault: "the answer comes after the deadline",
        path: "success?delay_ms=700",
        ...late,
        server: ["no", "before", "after"],
      },
      { fault: "nobody listens", path: "success", origin: "refusing", ...lost, server: ["no"], requests: 0 },
      { fault: "closed before an answer", path: "close", ...lost, requests: "any" },
      {
        fault: "reset before an answer, once, on a connection that has served before: the browser repeats it",
        path: "reset?times=1",
        primed: true,
        ...ok,
        server: ["no", "before"],
        requests: 2,
        ...lostInWebkit(["no", "before"]),
      },
      { fault: "reset before an answer, always", path: "reset", ...lost, requests: "any" },
    ],
  },
  {
    title: "Success",
    rows: [
      { fault: '200, `{"type":"success"}`', path: "success", ...ok },
      { fault: "204", path: "no-content", ...ok },
      { fault: "200, empty", path: "empty", ...ok },
      { fault: "200, `OK`", path: "ok-text", ...ok },
      { fault: "200, JSON as `text/html`", path: "json-as-html", ...ok },
      { fault: "200, JSON after a byte order mark", path: "json-bom", ...ok },
      {
        fault: "closed within the status line: browsers make it an empty 200",
        path: "cut-head?bytes=7",
        ...ok,
        server: ["before"],
        ...lostInWebkit(["before"]),
      },
      {
        fault: "200, closed within the head: browsers make it an empty 200",
        path: "cut-head",
        ...ok,
        server: ["before"],
        ...lostInWebkit(["before"]),
      },
      { fault: "201, JSON", path: "status?code=201", ...ok },
      { fault: "200, `[]`", path: answer(200, "[]"), ...ok },
      { fault: '200, `{"error":null}`', path: answer(200, '{"error":null}'), ...ok },
      { fault: '200, `{"success":true,"error":[]}`', path: answer(200, '{"success":true,"error":[]}'), ...ok },
      { fault: '200, `{"errors":{}}`', path: answer(200, '{"errors":{}}'), ...ok },
      { fault: '200, `{"error":0,"message":""}`', path: answer(200, '{"error":0,"message":""}'), ...ok },
      { fault: "the answer comes late, but inside the limit", path: "success?delay_ms=200", ...ok, settles: "in time" },
    ],
  },
  {
    title: "Refusals",
    rows: [
      { fault: '200, `{"type":"error","message"}`', path: "type-error", ...refused, status: 200, message: SOLD_OUT },
      { fault: '200, `{"error":"…"}`', path: "error-text", ...refused, status: 200, message: SOLD_OUT },
      {
        fault: "200, a refusal after a byte order mark",
        path: "error-bom",
        ...refused,
        status: 200,
        message: SOLD_OUT,
      },
      {
        fault: '200, `{"success":false,"message"}`',
        path: answer(200, JSON.stringify({ success: false, message: SOLD_OUT })),
        ...saysNo,
        message: SOLD_OUT,
      },
      { fault: '200, `{"status":"fail"}`', path: answer(200, '{"status":"fail"}'), ...saysNo },
      {
        fault: '200, `{"errors":{"quantity":[…]}}`',
        path: answer(200, '{"errors":{"quantity":["is too large"]}}'),
        ...saysNo,
      },
      { fault: "200, `0`, as WordPress says no", path: answer(200, "0"), ...saysNo },
      { fault: "200, `false`", path: answer(200, "false"), ...saysNo },
      ...[
        ['`{"Success":false}`', '{"Success":false}'],
        ['`{"success":"false"}`', '{"success":"false"}'],
        ['`{"status":"declined"}`', '{"status":"declined"}'],
        ['`{"userErrors":[…]}`', '{"userErrors":[{"message":"is too large"}]}'],
        ["errors one level inside `data`", '{"data":{"cartUpdate":{"userErrors":[{"message":"is too large"}]}}}'],
        ['`[{"error":"…"},400]`, as Flask sends a wrong tuple', '[{"error":"Sold out."},400]', SOLD_OUT],
        ["a refusal as JSON within a string", JSON.stringify('{"type":"error","message":"Sold out."}'), SOLD_OUT],
        ['`{"statusCode":400,"body":"{…}"}`', '{"statusCode":400,"body":"{\\"error\\":\\"Sold out.\\"}"}', SOLD_OUT],
      ].map(([what, body, message]) => ({ fault: `200, ${what}`, path: answer(200, body), ...saysNo, message })),
      {
        fault: '400, `{"type":"error","message"}`',
        path: "status?code=400",
        ...refused,
        status: 400,
        message: SOLD_OUT,
      },
      { fault: '400, `{"error":"…"}`', path: "error-text?code=400", ...refused, status: 400, message: SOLD_OUT },
      {
        fault: "400, a message of 500 characters",
        path: refusal(`Only ${"a".repeat(495)}`),
        ...refused,
        status: 400,
        message: `Only ${"a".repeat(495)}`,
      },
      { fault: "400, a message of 501 characters", path: refusal(`Only ${"a".repeat(496)}`), ...refused, status: 400 },
      { fault: "400, a bare code", path: refusal("out_of_stock"), ...refused, status: 400 },
      { fault: "400, a phrase of HTTP", path: refusal("Bad Request"), ...refused, status: 400 },
      { fault: "400, a message with markup", path: refusal("<b>No</b>"), ...refused, status: 400 },
      { fault: "400, a message that is no string", path: refusal({ text: "No" }), ...refused, status: 400 },
      { fault: "400, broken JSON", path: "broken-json?code=400", ...refused, status: 400 },
      { fault: "400, HTML", path: "html?code=400", ...refused, status: 400 },
      { fault: "400, empty", path: "empty?code=400", ...refused, status: 400 },
      { fault: "400, cut off within the body", path: "cut?code=400", ...refused, status: 400 },
      { fault: "400, reset within the body", path: "cut-reset?code=400", ...refused, status: 400 },
      { fault: "400, 10 MB", path: "big?code=400", ...refused, status: 400 },
      { fault: "400, endless", path: "endless?code=400", ...refused, status: 400, leaves: true },
      { fault: "400, the body drips", path: "drip?code=400", ...refused, status: 400, settles: "deadline" },
      { fault: "401", path: "status?code=401", ...refused, status: 401, message: SOLD_OUT },
      { fault: "403, HTML, as of a CSRF check", path: "html?code=403", ...refused, status: 403 },
      { fault: "404", path: "status?code=404", ...refused, status: 404, message: SOLD_OUT },
      {
        fault: "409: the same key may be running",
        path: "status?code=409",
        ...refused,
        ...doubt,
        status: 409,
        message: SOLD_OUT,
      },
      { fault: "425", path: "status?code=425", ...refused, status: 425, message: SOLD_OUT },
      { fault: "429", path: "status?code=429", ...limited, message: SOLD_OUT },
      { fault: "429, `Retry-After` in seconds", path: "status?code=429&retry_after=1", ...limited, message: SOLD_OUT },
      {
        fault: "429, `Retry-After` as a date",
        path: "status?code=429&retry_after_date=1",
        ...limited,
        message: SOLD_OUT,
      },
    ],
  },
  {
    title: "The session is closed",
    rows: [
      { fault: "410", path: answer(410, ""), ...closed, status: 410 },
      { fault: "400, the code `session_closed`", path: answer(400, CLOSED), ...closed, status: 400 },
      { fault: "409, the code `session_closed`", path: answer(409, CLOSED), ...closed, ...doubt, status: 409 },
    ],
  },
  {
    title: "Failures of the server",
    rows: [
      { fault: "499, as of a proxy that gave up", path: answer(499, ""), ...failed, status: 499 },
      { fault: "408", path: "status?code=408", ...failed, status: 408, requests: "any" },
      { fault: "500", path: "status?code=500", ...failed, status: 500 },
      { fault: '500, `{"type":"success"}`', path: answer(500, '{"type":"success"}'), ...failed, status: 500 },
      { fault: "500, HTML", path: "html?code=500", ...failed, status: 500 },
      { fault: "500, cut off within the body", path: "cut?code=500", ...failed, status: 500 },
      { fault: "502", path: "html?code=502", ...failed, status: 502 },
      { fault: "503", path: "status?code=503", ...failed, status: 503 },
      { fault: "504", path: "html?code=504", ...failed, status: 504 },
    ],
  },
  {
    title: "Answers that are none",
    rows: [
      { fault: "200, HTML", path: "html", ...bad, status: 200 },
      { fault: "202, empty: accepted, and not done", path: answer(202, ""), ...bad, status: 202 },
      { fault: "200, broken JSON", path: "broken-json", ...bad, status: 200 },
      { fault: "200, closed within the body", path: "cut", ...bad, status: 200 },
      { fault: "200, reset within the body", path: "cut-reset", ...bad, status: 200 },
      { fault: "200, 10 MB", path: "big", ...bad, status: 200 },
      { fault: "200, endless", path: "endless", ...bad, status: 200, leaves: true },
      {
        fault: "200, the body is not the gzip that it says",
        path: "not-gzip",
        ...bad,
        status: 200,
        // It gives such a body as it came.
        inBrowser: { WebKitGTK: { ...ok, server: ["before"] } },
      },
      { fault: "200, gzip whose header a proxy has removed", path: "gzip-unnamed", ...bad, status: 200 },
      { fault: "200, JSON in UTF-16", path: "utf-16", ...bad, status: 200 },
      ...[
        ["JSON behind `)]}',`", ')]}\',\n{"type":"success"}'],
        ["JSON behind `callback(`", 'callback({"type":"success"})'],
        ["JSON behind a warning of PHP", 'Warning: Undefined variable\n{"type":"success"}'],
        ["a stream, `event: error`", "event: error\ndata: {}"],
        ["`type=error&…`", "type=error&message=Sold+out"],
        ["`ERROR: Sold out.`", "ERROR: Sold out."],
        ["`False`", "False"],
        ["base64", "eyJ0eXBlIjoiZXJyb3IifQ=="],
      ].map(([what, body]) => ({ fault: `200, ${what}`, path: answer(200, body), ...bad, status: 200 })),
      { fault: "302, same origin", path: "redirect?to=same", ...bad },
      { fault: "302, another origin", path: "redirect?to=other", ...bad },
      { fault: "307, another origin", path: "redirect?to=other&code=307", ...bad },
    ],
  },
  {
    title: "Another origin",
    rows: [
      { fault: "it allows all that is needed", path: "success?cors=yes", origin: "other", ...ok },
      { fault: "it allows nothing", path: "success", origin: "other", ...lost, server: ["no"], requests: 0 },
      {
        fault: "it does not allow the key",
        path: "success?cors=no-key",
        origin: "other",
        ...lost,
        server: ["no"],
        requests: 0,
      },
      {
        fault: "it does not allow the key, and none is sent",
        path: "success?cors=no-key",
        origin: "other",
        ...ok,
        endpointOptions: { idempotencyKey: false },
      },
      {
        fault: "it refuses",
        path: "status?code=400&cors=yes",
        origin: "other",
        ...refused,
        status: 400,
        message: SOLD_OUT,
      },
      { fault: "it redirects", path: "redirect?to=other&cors=yes", origin: "other", ...bad },
    ],
  },
  {
    title: "With retries",
    rows: [
      {
        fault: "503 twice, then success",
        path: "status?code=503&times=2",
        ...ok,
        settles: "in time",
        requests: 3,
        endpointOptions: { retries: 2 },
      },
      {
        fault: "reset before an answer, twice, then success",
        path: "reset?times=2",
        ...ok,
        settles: "in time",
        requests: 3,
        endpointOptions: { retries: 2 },
      },
      {
        fault: "429 with `Retry-After`, then success",
        path: "status?code=429&retry_after=1&times=1",
        ...ok,
        settles: "in time",
        requests: 2,
        endpointOptions: { retries: 1 },
      },
      {
        fault: "429 with a `Retry-After` beyond the deadline",
        path: "status?code=429&retry_after=60",
        ...limited,
        message: SOLD_OUT,
        endpointOptions: { retries: 1 },
      },
      {
        fault: "503 always, one retry",
        path: "status?code=503",
        ...failed,
        settles: "in time",
        status: 503,
        requests: 2,
        endpointOptions: { retries: 1 },
      },
      {
        fault: "503, then a refusal: once in doubt, in doubt for good",
        path: "status?code=503&times=1&then=type-error",
        ...refused,
        ...doubt,
        settles: "in time",
        status: 200,
        message: SOLD_OUT,
        requests: 2,
        endpointOptions: { retries: 1 },
      },
      {
        fault: "silence, given up after 200 ms, then success",
        path: "silent?times=1",
        ...ok,
        settles: "in time",
        requests: 2,
        endpointOptions: { retries: 1, attemptTimeoutMs: 200 },
      },
    ],
  },
];

import { each, framed } from "../lib/rule.js";

export const title = "3.3 Where a path goes, wherever the page is";

const NOWHERE = {
  kind: "unavailable",
  applied: "no",
  attempts: 0,
  detail: "This page has no origin of http or https.",
};

/** Runs an update in a page inside this one: how it went, what was fetched, and what the server received. */
async function inside(t, fill) {
  const { key, url } = t.fault("success");
  const { other } = await t.ports();
  const scripts = ["/dist/global.js", "/child.js"].map((path) => `<script src="${location.origin}${path}"></script>`);
  const html = (head = "") => `<!doctype html><meta charset="utf-8">${head}${scripts.join("")}`;
  const frame = document.createElement("iframe");
  const next = () =>
    new Promise((resolve) => {
      addEventListener("message", function listen({ data, source }) {
        if (source !== frame.contentWindow) return;
        removeEventListener("message", listen);
        resolve(data);
      });
    });
  fill(frame, { html, base: `<base href="http://127.0.0.1:${other}/elsewhere/">` });
  const ready = next();
  document.body.append(frame);
  t.equal(await ready, "ready");
  const settled = next();
  frame.contentWindow.postMessage(url, "*");
  const { told, fetched } = await settled;
  frame.remove();
  return { told, fetched, url, requests: await t.recorded(key) };
}

const blobOf = (html) => URL.createObjectURL(new Blob([html], { type: "text/html" }));

/** Pages that have an origin of their own, whatever their address. */
const OWN = [
  ["a frame by srcdoc", (frame, { html }) => (frame.srcdoc = html())],
  ["a frame by srcdoc, under a <base> of another origin", (frame, { html, base }) => (frame.srcdoc = html(base))],
  ["a frame by blob:", (frame, { html }) => (frame.src = blobOf(html()))],
  ["a frame by blob:, under a <base> of another origin", (frame, { html, base }) => (frame.src = blobOf(html(base)))],
];

/** Pages that have none. */
const OPAQUE = [
  ["a sandboxed frame", (frame, { html }) => Object.assign(frame, { sandbox: "allow-scripts", srcdoc: html() })],
  [
    "a sandboxed frame, under a <base> of another origin",
    (frame, { html, base }) => Object.assign(frame, { sandbox: "allow-scripts", srcdoc: html(base) }),
  ],
  ["a frame by data:", (frame, { html }) => (frame.src = `data:text/html;charset=utf-8,${encodeURIComponent(html())}`)],
];

const framing = (check) => framed({ policy: "frames" }, check);

export const rules = {
  ...each(
    OWN,
    ([what]) => `${what} asks the page's own origin`,
    async (t, [, fill]) => {
      const { told, fetched, url, requests } = await inside(t, fill);
      t.same(told, { status: 200 });
      t.same(fetched, [fill === OWN[0][1] ? url : location.origin + url]);
      t.same(
        requests.map(({ origin, body }) => [origin, body]),
        [["page", '{"checkout_session_id":"cs_test_child","interval":"yearly"}']],
      );
    },
    framing,
  ),
  ...each(
    OPAQUE,
    ([what]) => `${what} has no origin, so nothing is sent`,
    async (t, [, fill]) => {
      const { told, fetched, requests } = await inside(t, fill);
      t.same(told, NOWHERE);
      t.same([fetched, requests], [[], []]);
    },
    framing,
  ),
};

import { byId, make } from "../dom.js";
import { counts, received } from "./server.js";
import { scroll, table } from "./svg.js";

export const REPORTS = "/metrics/client-failures";
const NEWS = "lab-news";
const ANSWERED = /^checkout_updates_total\{endpoint="(\w+)",outcome="(\w+)"\}$/;

/**
 * Compares the page's own counts with the report that reached the server, and shows the server's counts. `metrics`
 * returns the metrics of each `updates` object of the page.
 */
export function bindMerchant(metrics) {
  const place = byId("merchant");
  let reported = [];
  let newest = 0;

  // A hidden page may never be shown again, so its counts are kept for the next page.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") return void draw();
    const all = metrics().map(({ endpoints }) => flat(endpoints));
    const news = all.map((now, place) => less(now, reported[place] ?? new Map())).filter(({ size }) => size > 0);
    reported = all;
    if (news.length > 0)
      sessionStorage.setItem(NEWS, JSON.stringify({ reports: news.length, after: newest, news: [...sum(news)] }));
  });
  addEventListener("pageshow", () => void draw());

  async function draw(looks = 5) {
    const [requests, server] = await Promise.all([received(), counts()]);
    const { reports, after } = sent();
    const beacons = requests.filter(({ path, number }) => path === REPORTS && number > after);
    // A report that was sent as the page was left may still be on its way.
    if (beacons.length < reports && looks > 1) return void setTimeout(() => void draw(looks - 1), 300);
    newest = Math.max(newest, ...requests.map(({ number }) => number));
    const parts = report(beacons);
    if (parts.length === 0 && metrics().every(({ endpoints }) => flat(endpoints).size === 0)) return;
    place.replaceChildren(...parts, ...answered(server));
    byId("merchant-section").hidden = false;
  }
  return draw;
}

/** The page's counts when it was last hidden, how many reports carried them, and after which request those came. */
const sent = () => JSON.parse(sessionStorage.getItem(NEWS) ?? '{"reports":0,"after":0,"news":[]}');

function report(beacons) {
  const { reports, news } = sent();
  const last = beacons.slice(0, reports);
  if (last.length === 0) return [];
  const counted = new Map(news);
  const arrived = sum(last.map(({ body }) => flat(JSON.parse(body).endpoints)));
  const names = [...new Set([...counted.keys(), ...arrived.keys()])];
  const rows = names.map((name) => [name, String(counted.get(name) ?? 0), String(arrived.get(name) ?? 0)]);
  const body = make("pre", "", last.map(({ body: text }) => text).join("\n"));
  body.tabIndex = 0;
  body.setAttribute("aria-label", "The report");
  return [
    make("h3", "", "Counted by the page, and reported"),
    scroll("Counted and reported", table(["Since the last report", "Counted", "Reported"], rows)),
    make("p", "note", "The report as the server received it:"),
    body,
  ];
}

function answered(server) {
  const rows = [];
  for (const [name, count] of server) {
    const found = ANSWERED.exec(name);
    if (found && count > 0) rows.push([found[1], found[2], String(count)]);
  }
  if (rows.length === 0) return [];
  return [
    make("h3", "", "Answered by the server"),
    scroll("Answered by the server", table(["Update", "Answered with", "Times"], rows)),
  ];
}

/** The counts and failures of all endpoints, each with a name. */
function flat(endpoints) {
  const named = new Map();
  for (const [endpoint, { updates, successes, retries, late, joined, superseded, failures }] of Object.entries(
    endpoints,
  )) {
    const events = { updates, successes, retries, late, joined, superseded, ...failures };
    for (const [name, count] of Object.entries(events)) if (count > 0) named.set(`${endpoint}: ${name}`, count);
  }
  return named;
}

const less = (now, before) =>
  new Map([...now].map(([name, count]) => [name, count - (before.get(name) ?? 0)]).filter(([, count]) => count > 0));

function sum(maps) {
  const all = new Map();
  for (const map of maps) for (const [name, count] of map) all.set(name, (all.get(name) ?? 0) + count);
  return all;
}

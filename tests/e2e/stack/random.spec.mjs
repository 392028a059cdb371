// Updates, faults, presses of Pay and what a customer does meanwhile, all drawn by a seed.
//   RANDOM_UPDATES=5000 SEED=7 npx playwright test --config tests/e2e /stack/random
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { seedOf } from "../../../scripts/lib/seed.mjs";
import { randomOf } from "../support/random.js";
import { buildServer, packageFolder, startServer } from "../faults/lib/server.mjs";

const COUNT = Number(process.env.RANDOM_UPDATES ?? 100);
const SEED = Number(seedOf());
/** Updates of one page before the next is opened. */
const LIFE = 25;
/** Updates of one server before the next is started: a page draws all that its server ever made. */
const A_SERVER = 250;
/** Pages beside each other, each with a server of its own: most of the time is waiting. */
const LANES = Math.min(4, Math.ceil(COUNT / LIFE));
const PAGE = fileURLToPath(new URL("random", import.meta.url));

/** What servers do, and how often of 100. Where it says both, the change is made or not. */
const both = ["no", "before"];
const FAULTS = [
  [30, "success"],
  [6, "success?delay_ms=60"],
  [5, "success?delay_ms=1500", ["no", "before", "after"]],
  [5, "no-content"],
  [5, "type-error"],
  [6, "status?code=400"],
  [4, "status?code=429"],
  [6, "status?code=500", both],
  [6, "status?code=503&times=1"],
  [6, "reset", both],
  [5, "close?times=1", both],
  [5, "cut", both],
  [4, "html", both],
  [4, "silent", both],
  [3, "drip", both],
];

function drawn(draw, key) {
  const pick = (list) => list[Math.floor(draw() * list.length)];
  let left = draw() * 100;
  const [, fault, applies] = FAULTS.find(([share]) => (left -= share) < 0) ?? FAULTS[0];
  const apply = applies ? `&apply=${pick(applies)}` : "";
  const chance = draw();
  const act = chance < 0.05 ? "abort" : chance < 0.1 ? "cancel" : chance < 0.115 ? "dispose" : null;
  return {
    key,
    url: `/fault/${fault}${fault.includes("?") ? "&" : "?"}id=${key}${apply}`,
    retries: pick([0, 0, 1, 2]),
    act,
    afterMs: Math.floor(draw() * 120),
    beside: draw() < 0.5,
    pays: draw() < 0.04,
  };
}

/** What a customer does in the midst of a page's life. */
const EVENTS = {
  none: async () => {},
  reload: (page) => page.reload(),
  async back(page, url) {
    await page.goto(`${url}/ports`);
    await page.goBack();
  },
  async offline(page) {
    await page.context().setOffline(true);
    await page.waitForTimeout(150);
    await page.context().setOffline(false);
  },
};
const LEAVING = ["reload", "back"];

/** Servers one after the other, until there were so many updates. */
async function lane(browser, program, number, count) {
  const all = [];
  for (let sent = 0; sent < count; sent += A_SERVER) {
    all.push(await lives(browser, program, number * count + sent, Math.min(A_SERVER, count - sent)));
  }
  return all;
}

/** Lives one after the other in one page, until there were so many updates. */
async function lives(browser, program, number, count) {
  const { draw } = randomOf(SEED + number);
  const server = await startServer(program, { "/": PAGE, "/dist": packageFolder("dist") });
  const context = await browser.newContext();
  const page = await context.newPage();
  const told = new Map();
  await page.exposeFunction("tell", ({ key, type, ...rest }) => {
    const ends = told.get(key) ?? [];
    told.set(key, type ? [...ends, { type, ...rest }] : ends);
  });
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  try {
    for (let sent = 0; sent < count; sent += LIFE) {
      const planned = Array.from({ length: Math.min(LIFE, count - sent) }, (_, i) =>
        drawn(draw, `u${number}-${sent + i}`),
      );
      const event = Object.keys(EVENTS)[draw() < 0.6 ? 0 : 1 + Math.floor(draw() * 3)];
      const whenMs = draw() * 1_500;
      await page.goto(server.url);
      await page.waitForFunction(() => "random" in globalThis);
      const life = page
        .evaluate((all) => globalThis.random.live(all), planned)
        .catch((error) => {
          // The page that it ran in has gone.
          if (LEAVING.includes(event)) return null;
          throw error;
        });
      await page.waitForTimeout(whenMs);
      await EVENTS[event](page, server.url);
      const end = await life;
      if (end) expectExact(end, planned, told, (await server.recorded({ path: "/none" })).applied);
    }
    expect(complaints).toEqual([]);
    const { applied } = await server.recorded({ path: "/none" });
    for (const [key, ends] of told) expectHonest(key, ends, applied[key] ?? 0);
    for (const [key, times] of Object.entries(applied)) expect(times, `${key}: times applied`).toBe(1);
    return { told: told.size, ended: [...told.values()].flat(), applied: Object.keys(applied).length };
  } finally {
    await context.close();
    await server.stop();
  }
}

/** One outcome at most, and none that the server contradicts. */
function expectHonest(key, ends, times) {
  expect(ends.length, `${key}: outcomes`).toBeLessThanOrEqual(1);
  for (const { type, kind, applied } of ends) {
    const says = type === "success" ? "yes" : applied;
    if (says !== "unknown") expect([key, kind, says, times]).toEqual([key, kind, says, says === "yes" ? 1 : 0]);
  }
}

/** A page that stayed to its end shows what the server has, and has counted what it was told. */
function expectExact({ shown, counted, settled, payments, presses }, planned, told, applied) {
  expect(shown, "what the page shows").toEqual(applied);
  expect(presses.at(-1), `presses of Pay: ${presses.join(", ")}`).toBe("success");
  for (const { shown: total, charged } of payments) expect(charged, "what is paid is what was shown").toBe(total);
  for (const { key } of planned) {
    const [end, ...more] = told.get(key);
    expect(more, key).toEqual([]);
    const { updates, successes, failures } = counted[key];
    const { cancelled = 0, ...others } = failures;
    const said = JSON.stringify([end, counted[key]]);
    if (end.type === "cancelled") {
      // Before its turn it never became an update. Who lets go of one that has an end already is told nothing else.
      const ends = Object.values(others).reduce((sum, count) => sum + count, successes + cancelled);
      expect(ends, said).toBeLessThanOrEqual(updates);
      expect(updates, said).toBeLessThanOrEqual(1);
      continue;
    }
    const failed = end.type === "error" ? { [end.kind]: 1 } : {};
    expect([key, updates, successes, others], said).toEqual([key, 1, end.type === "success" ? 1 : 0, failed]);
  }
  expect(settled.map(([key]) => key).sort(), "told by onSettled").toEqual(planned.map(({ key }) => key).sort());
}

test(`${COUNT} updates by chance, SEED=${SEED}: nothing twice, nothing untrue, and the page ends up right`, async ({
  browser,
}) => {
  test.setTimeout(60_000 + COUNT * 1_000);
  const program = buildServer();
  const share = Math.ceil(COUNT / LANES / LIFE) * LIFE;
  const lanes = await Promise.all(Array.from({ length: LANES }, (_, number) => lane(browser, program, number, share)));
  const sum = (pick) => lanes.flat().reduce((total, one) => total + pick(one), 0);
  const of = (type) => sum(({ ended }) => ended.filter((end) => end.type === type).length);
  const [all, ended] = [sum((one) => one.told), sum((one) => one.ended.length)];
  console.log(
    `${all} updates: ${of("success")} succeeded, ${of("error")} failed, ${of("cancelled")} cancelled, ` +
      `${all - ended} left with their page; ${sum((one) => one.applied)} changes on the servers`,
  );
  expect(of("success")).toBeGreaterThan(0);
  expect(of("error")).toBeGreaterThan(0);
});

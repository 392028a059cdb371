// What the lab says in the other engines, through WebDriver.
import { expect, test } from "@playwright/test";
import { BROWSERS, openPage } from "../faults/lib/browsers.mjs";
import { startServer } from "../support/server.ts";

const OTHERS = BROWSERS.filter((name) => name !== "Chromium");
/** Those of which it is known that they keep a page that is left. */
const KEEPERS = ["Chromium", "Firefox"];

test.describe.configure({ timeout: 240_000 });

let server;
test.beforeAll(async () => {
  server = await startServer({ stock: 1 });
});
test.afterAll(() => server.stop());

/** Opens the lab, makes an experiment and gives both columns by their labels. */
async function inLab(browser, act) {
  const { driver, close } = await openPage(browser, `http://127.0.0.1:${server.port}/lab/`, "document");
  try {
    const seen = () => driver.executeScript(COLUMNS);
    const until = (label, condition) =>
      driver.wait(
        async () => {
          // Nothing is to be seen while the page is away.
          const now = await seen();
          return now !== null && condition(now);
        },
        90_000,
        label,
      );
    const run = async (fault, choices = {}) => {
      await driver.executeScript(PRESS, fault, choices);
      await until(`${fault} has ended`, ({ isBusy, mine }) => !isBusy && mine["The server has"] !== "…");
      return seen();
    };
    await until("it has opened with a result", ({ isBusy, mine }) => !isBusy && mine["The server has"]);
    await act({ driver, run, seen, until });
  } finally {
    await close();
  }
}

const PRESS = `
  for (const [id, value] of Object.entries({ fault: arguments[0], ...arguments[1] })) {
    document.getElementById(id).value = value;
  }
  document.getElementById("press").click();
`;

const COLUMNS = `
  if (!document.getElementById("experiment")) return null;
  const rows = [...document.querySelectorAll("#facts tr")].map((row) => [...row.cells]);
  const facts = (side) => Object.fromEntries(rows.map((cells) => [
    cells[0].textContent.trim(), cells[side].querySelector(".fact").textContent,
  ]));
  const differs = (side) => rows.filter((cells) => cells[side].dataset.verdict === "differs")
    .map((cells) => cells[0].textContent.trim());
  return {
    isBusy: document.getElementById("experiment").getAttribute("aria-busy") !== "false",
    byHand: facts(1), mine: facts(2),
    wrong: { byHand: differs(1), mine: differs(2) },
  };
`;

const READS = "The customer reads";
const CONTROL = "The control shows";
const TOTAL = "The page's total";
const PAY = "Pay is";

for (const browser of OTHERS) {
  test(`${browser}: the change of the plan, without a fault`, () =>
    inLab(browser, async ({ run }) => {
      const { mine, byHand, wrong } = await run("none", { check: "ok" });
      expect([mine[READS], mine[TOTAL], mine["The server has"]]).toEqual([
        "Your order was updated.",
        "$120.00",
        "Yearly, $120.00",
      ]);
      expect([byHand[READS], byHand["The server has"]]).toEqual(["This change could not be made.", "Yearly, $120.00"]);
      expect(wrong).toEqual({ mine: [], byHand: [READS, CONTROL] });
    }));

  test(`${browser}: a refusal`, () =>
    inLab(browser, async ({ run }) => {
      const { mine, byHand, wrong } = await run("refused", { check: "type" });
      expect([mine[READS], mine["The server has"]]).toEqual([
        "This plan is sold out at the moment.",
        "Monthly, $12.00",
      ]);
      expect(byHand[READS]).toBe("Your order was updated.");
      expect(wrong).toEqual({ mine: [], byHand: [READS, CONTROL] });
    }));

  test(`${browser}: a timeout, and the timeline of it`, () =>
    inLab(browser, async ({ driver, run }) => {
      const { mine, wrong } = await run("silent", { limit: "5000" });
      expect(mine["The customer first reads"]).toMatch(/^Your change may not have been saved\. .* \(for \d+\.\d s\)$/);
      expect(mine[READS]).toBe("No message");
      expect([mine[TOTAL], mine["The server has"], mine[PAY]]).toEqual(["$120.00", "Yearly, $120.00", "open"]);
      expect(wrong).toEqual({ mine: [], byHand: [READS, CONTROL, TOTAL, PAY] });
      const [name, rows, drawn] = await driver.executeScript(`
        const place = document.getElementById("timeline");
        return [
          place.querySelector("svg[role=img]").getAttribute("aria-label"),
          [...place.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent)),
          [...place.querySelectorAll("rect.part[height='18'], rect.part[height='6']")].map((part) => part.getBBox().width),
        ];
      `);
      expect(name).toMatch(/^changeInterval: timeout, applied: unknown, after/);
      const [, , from, until] = rows.find(([, part]) => part === "request 1");
      expect(parseInt(until, 10) - parseInt(from, 10)).toBeGreaterThan(3_400);
      expect(rows.map(([, part]) => part)).toContain("in doubt: Pay is locked");
      expect(drawn).toHaveLength(rows.length);
      expect(drawn.every((width) => width > 0)).toBe(true);
    }));
}

for (const browser of KEEPERS) {
  test(`${browser}: leaving and coming back`, () =>
    inLab(browser, async ({ run, until, seen }) => {
      await run("back");
      await until("it is back", ({ isBusy, mine }) => !isBusy && mine[READS] === "No message");
      const { mine, byHand, wrong } = await seen();
      expect([mine[TOTAL], mine["The server has"], mine[PAY]]).toEqual(["$12.00", "Monthly, $12.00", "open"]);
      expect([byHand[TOTAL], byHand["The server has"], byHand[PAY]]).toEqual(["$120.00", "Monthly, $12.00", "open"]);
      expect(wrong.mine).toEqual([]);
      expect(wrong.byHand).toEqual([CONTROL, TOTAL, PAY]);
    }));
}

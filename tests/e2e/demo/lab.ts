import type { Locator, Page } from "@playwright/test";
import { expect, expectComplaint, statusLine, test as base } from "./fixtures.ts";

/** The labels of the rows. */
export const ROW = {
  first: "The customer first reads",
  reads: "The customer reads",
  control: "The control shows",
  total: "The page's total",
  server: "The server has",
  pay: "Pay is",
  paid: "The customer paid",
  answered: "Answered after",
  requests: "Requests that arrived",
} as const;

export const NO_MESSAGE = "No message";

/** A column of the lab's table, and its sentence above it. */
export class Column {
  readonly verdict: Locator;

  constructor(
    private readonly page: Page,
    name: string,
    private readonly position: number,
  ) {
    this.verdict = page.locator("#verdict li").filter({ hasText: `${name}:` });
  }

  cell(label: string): Locator {
    const header = this.page.getByRole("rowheader", { name: label, exact: true });
    return this.page.locator("#facts tr").filter({ has: header }).locator("td").nth(this.position);
  }

  fact(label: string): Locator {
    return this.cell(label).locator(".fact");
  }

  /** The labels of the rows with this verdict: in which the page shows something else than the server has, by default. */
  async rows(verdict = "differs"): Promise<string[]> {
    const rows = await this.page.locator("#facts tr").all();
    const found = rows.map(async (row) => {
      const own = await row.locator("td").nth(this.position).getAttribute("data-verdict");
      return own === verdict ? [await row.getByRole("rowheader").innerText()] : [];
    });
    return (await Promise.all(found)).flat();
  }
}

/** The lab as a visitor sees it. */
export class LabPage {
  readonly form: Locator;
  readonly press: Locator;
  readonly problem: Locator;
  readonly mine: Column;
  readonly byHand: Column;

  constructor(
    readonly page: Page,
    private readonly complaints: string[],
  ) {
    this.form = page.locator("#experiment");
    this.press = page.locator("#press");
    this.problem = page.locator("#problem");
    this.byHand = new Column(page, "By hand", 0);
    this.mine = new Column(page, "With checkout-updates", 1);
  }

  async open(): Promise<void> {
    await this.page.goto("/lab/");
    await this.opened();
  }

  /** Waits for the result that it opens with. */
  async opened(): Promise<void> {
    await this.ended();
    // The session that could not be fetched, once in each column.
    for (let line = 0; line < 2; line += 1) await expectComplaint(this.complaints, statusLine(502));
  }

  async choose(fault: string): Promise<void> {
    await this.page.getByLabel("What goes wrong").selectOption({ label: fault });
  }

  private async set(setting: string, option: RegExp): Promise<void> {
    const settings = this.page.locator("details.settings");
    if ((await settings.getAttribute("open")) === null) await settings.getByText("Settings").click();
    const select = this.page.getByLabel(setting);
    const value = await select.locator("option").filter({ hasText: option }).getAttribute("value");
    await select.selectOption(value);
  }

  /** What the hand-written column checks: "response.ok" or "response.type". */
  async check(member: string): Promise<void> {
    await this.set("By hand, check", new RegExp(`^${member}`));
  }

  /** Presses the control; gives the ids of both columns' sessions, the package's first. */
  async start(): Promise<[string, string]> {
    const ids: string[] = [];
    const armed = this.page.waitForRequest((request) => {
      if (new URL(request.url()).pathname !== "/lab/fault") return false;
      ids.push((request.postDataJSON() as { checkout_session_id: string }).checkout_session_id);
      return ids.length === 2;
    });
    await this.watch();
    await this.press.click();
    await armed;
    return ids as [string, string];
  }

  /** Waits until both columns have sent a request to this path. */
  async sent(path: string): Promise<void> {
    let count = 0;
    await this.page.waitForRequest((request) => new URL(request.url()).pathname === path && ++count === 2);
  }

  /** Keeps what the package's column shows: Pay may be locked for a moment only. */
  private async watch(): Promise<void> {
    await this.page.locator("#facts").evaluate((table, position) => {
      const seen = ((window as unknown as { seen: string[] }).seen = []) as string[];
      const look = () => {
        for (const row of table.querySelectorAll("tr")) {
          const cell = row.querySelectorAll("td")[position]!;
          const now = [row.querySelector("th"), cell.querySelector(".fact")]
            .map((part) => part?.textContent)
            .join(": ");
          seen.push(`${now} [${cell.dataset["verdict"]}]`);
        }
      };
      new MutationObserver(look).observe(table, { attributes: true, childList: true, subtree: true });
    }, 1);
  }

  /** What the package's column has shown since the press, as "label: text [verdict]". */
  seen(): Promise<string[]> {
    return this.page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  }

  /** Waits until both columns have ended and nothing is in doubt any more. */
  async ended(): Promise<void> {
    await expect(this.form).toHaveAttribute("aria-busy", "false", { timeout: 90_000 });
    await expect(this.page.locator("#results:visible, #problem:not(:empty)").first()).toBeVisible();
  }

  async run(fault: string): Promise<[string, string]> {
    await this.choose(fault);
    const ids = await this.start();
    await this.ended();
    return ids;
  }
}

/** Straight to the server: what stands between the two in other tests would meet the faults of the line itself. */
export const test = base.extend<{ lab: LabPage }>({
  baseURL: async ({ server }, use) => use(`http://127.0.0.1:${server.port}`),
  lab: async ({ page, complaints }, use) => use(new LabPage(page, complaints)),
});

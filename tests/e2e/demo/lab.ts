import type { Locator, Page } from "@playwright/test";
import { expect, test as base } from "./fixtures.ts";

/** A column of the lab. */
export class Column {
  readonly rows: Locator;

  constructor(place: Locator) {
    this.rows = place.getByRole("row");
  }

  row(label: string): Locator {
    return this.rows.filter({ has: this.rows.page().getByRole("rowheader", { name: label, exact: true }) });
  }

  fact(label: string): Locator {
    return this.row(label).locator(".fact");
  }

  /** The labels of the rows in which the page says something else than the server has. */
  differing(): Promise<string[]> {
    return this.rows.filter({ hasText: "✕ differs" }).getByRole("rowheader").allTextContents();
  }
}

/** The lab as somebody sees it who wants to know. */
export class LabPage {
  readonly form: Locator;
  readonly press: Locator;
  readonly problem: Locator;
  readonly mine: Column;
  readonly byHand: Column;

  constructor(readonly page: Page) {
    this.form = page.locator("#experiment");
    this.press = page.locator("#press");
    this.problem = page.locator("#problem");
    this.mine = new Column(page.getByRole("region", { name: "With the package" }));
    this.byHand = new Column(page.getByRole("region", { name: "By hand" }));
  }

  async open(): Promise<void> {
    await this.page.goto("/lab/");
    await expect(this.press).toHaveText(/\S/);
  }

  async choose(fault: string): Promise<void> {
    await this.page.getByRole("radio", { name: fault, exact: true }).check();
  }

  /** Presses the control; gives the ids of both columns' sessions, the package's first. */
  async start(): Promise<[string, string]> {
    const ids: string[] = [];
    const armed = this.page.waitForRequest((request) => {
      if (new URL(request.url()).pathname !== "/lab/fault") return false;
      ids.push((request.postDataJSON() as { checkout_session_id: string }).checkout_session_id);
      return ids.length === 2;
    });
    await this.watchPay();
    await this.press.click();
    await armed;
    return ids as [string, string];
  }

  /** Waits until both columns have sent a request to this path. */
  async sent(path: string): Promise<void> {
    let count = 0;
    await this.page.waitForRequest((request) => new URL(request.url()).pathname === path && ++count === 2);
  }

  /** Keeps what is said of Pay with the package: it may be locked for a moment only. */
  private async watchPay(): Promise<void> {
    await this.mine.fact("Pay is").evaluate((fact) => {
      const said = ((window as unknown as { saidOfPay: string[] }).saidOfPay = [fact.textContent ?? ""]);
      new MutationObserver(() => said.push(fact.textContent ?? "")).observe(fact, { childList: true, subtree: true });
    });
  }

  /** What was said of Pay with the package since the press. */
  saidOfPay(): Promise<string[]> {
    return this.page.evaluate(() => (window as unknown as { saidOfPay: string[] }).saidOfPay);
  }

  /** Waits until both columns have ended and nothing is in doubt any more. */
  async ended(): Promise<void> {
    await expect(this.form).toHaveAttribute("aria-busy", "false", { timeout: 90_000 });
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
  lab: async ({ page }, use) => use(new LabPage(page)),
});

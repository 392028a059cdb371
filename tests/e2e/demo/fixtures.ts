import { test as base, expect, type Locator, type Page } from "@playwright/test";
import { startGate, type Gate } from "../support/gate.ts";
import { startServer, type DemoServer } from "../support/server.ts";

export { expect };

interface Shared {
  /** Desk lamps in stock. Every visit of the goods holds one. */
  stock: number;
  /** The server's real binary, on ports and a database of this worker's own. */
  server: DemoServer;
}

interface Demo {
  /** What stands between the page and the server: it records, and holds back what a test asks it to. */
  gate: Gate;
  /** What the page must not do. A test that provokes a line on purpose takes it out. */
  complaints: string[];
  checkout: CheckoutPage;
}

export const test = base.extend<Demo, Shared>({
  stock: [1_000, { option: true, scope: "worker" }],

  server: [
    async ({ stock }, use) => {
      const server = await startServer({ stock });
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],

  gate: async ({ server }, use) => {
    const gate = await startGate(server.port);
    await use(gate);
    await gate.close();
  },

  baseURL: async ({ gate }, use) => use(gate.url),

  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
      page.on("console", (line) => {
        if (line.type() === "error" || line.type() === "warning") complaints.push(line.text());
      });
      page.on("request", (request) => {
        const { protocol, hostname, href } = new URL(request.url());
        if (protocol.startsWith("http") && hostname !== "127.0.0.1") complaints.push(`left this machine: ${href}`);
      });
      await page.exposeFunction("reportViolation", (text: string) => complaints.push(text));
      await page.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", (event) => {
          const { reportViolation } = window as unknown as { reportViolation: (text: string) => void };
          reportViolation(`CSP: ${event.violatedDirective} forbids ${event.blockedURI}`);
        });
      });
      await use(complaints);
      expect(complaints, "errors, warnings and CSP violations").toEqual([]);
    },
    { auto: true },
  ],

  checkout: async ({ page }, use) => use(new CheckoutPage(page)),
});

/** Waits for a complaint that a test provoked on purpose, and takes it out. */
export async function expectComplaint(complaints: string[], pattern: RegExp): Promise<void> {
  const find = () => complaints.findIndex((line) => pattern.test(line));
  await expect.poll(find, String(pattern)).toBeGreaterThanOrEqual(0);
  complaints.splice(find(), 1);
}

/** What Chromium itself writes into the console about an answer of 400 and above. */
export const statusLine = (status: number): RegExp => new RegExp(`status of ${status}`);

/** The page as a customer sees it. */
export class CheckoutPage {
  readonly summary: Locator;
  readonly plan: Locator;
  readonly pay: Locator;
  readonly wallet: Locator;
  readonly email: Locator;
  readonly dueToday: Locator;
  readonly status: Locator;

  constructor(readonly page: Page) {
    this.summary = page.getByRole("region", { name: "Order summary" });
    this.plan = page.locator("#change-subscription-interval");
    // A wallet's button is "Pay with …".
    this.pay = page.getByRole("button", { name: /^Pay($| [^w])/ });
    this.wallet = page.getByRole("group", { name: "Express checkout" });
    this.email = page.getByLabel("E-mail");
    this.dueToday = page.locator("#due-amount");
    this.status = page.getByRole("status").last();
  }

  /** Opens a cart and waits until its session is drawn; gives the session's id. */
  async open(cart: "subscription" | "goods" = "subscription"): Promise<string> {
    const session = this.page.waitForRequest((request) => new URL(request.url()).pathname === "/session");
    await this.page.goto(cart === "goods" ? "/?cart=goods" : "/");
    await this.settled();
    return new URL((await session).url()).searchParams.get("checkout_session_id") ?? "";
  }

  /** Waits until no update is pending: what a session brought is drawn a moment before its update has settled. */
  async settled(): Promise<void> {
    await expect(this.summary).toHaveAttribute("aria-busy", "false");
  }

  /** The live region that is speaking. */
  problem(): Locator {
    return this.page.getByRole("alert").filter({ hasText: /\S/ });
  }

  item(name: string): Locator {
    return this.summary.getByRole("listitem").filter({ hasText: name });
  }

  total(label: string): Locator {
    return this.summary.locator(".totals > div").filter({ hasText: label }).locator("dd");
  }
}

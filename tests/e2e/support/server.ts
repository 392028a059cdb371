import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const BINARY = join(process.env["CARGO_TARGET_DIR"] ?? join(ROOT, "target"), "debug", "checkout-updates-server");

/** A session as the sandbox's API gives it to a merchant's server. */
export interface ApiSession {
  readonly status: string;
  readonly amount_total: number;
  readonly collected_information: { readonly shipping_details: object | null } | null;
  readonly line_items: {
    readonly data: readonly {
      readonly description: string;
      readonly quantity: number;
      readonly price: { readonly recurring: { readonly interval: string } | null };
    }[];
  };
}

export interface DemoServer {
  readonly port: number;
  /** Where its sandbox is, or the one that it was told is Stripe. */
  readonly sandbox: string;
  /** The session as it really is, asked from the sandbox and not from the page. */
  session(id: string): Promise<ApiSession>;
  /** How often the plan of a session is paid: "month" or "year". */
  interval(id: string): Promise<string | undefined>;
  /** The names and quantities of a session's items, in their order. */
  items(id: string): Promise<[string, number][]>;
  /** Ends a session as a merchant could, behind the page's back. */
  expire(id: string): Promise<void>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Desk lamps in stock. */
  stock: number;
  /** A sandbox to be taken for Stripe: the server then works as it does with an account there. */
  stripe?: string;
  /** A folder with a page of the test's own, in place of the demo's. */
  www?: string;
  /** Whether the sandbox may be asked to go wrong. */
  misbehave?: boolean;
}

/** Starts the demo server's own binary on free ports with an empty database. */
export async function startServer({ stock, stripe, www, misbehave }: ServerOptions): Promise<DemoServer> {
  const folder = await mkdtemp(join(tmpdir(), "checkout-e2e-"));
  const env = {
    ...process.env,
    // All customers of these tests have one address.
    CREATIONS_PER_MINUTE: "10000",
    HOLDS_OF_ADDRESS: "10000",
    PORT: "0",
    SANDBOX_PORT: "0",
    STRIPE_SECRET_KEY: stripe ? "sk_test_e2e" : "",
    STRIPE_PUBLISHABLE_KEY: stripe ? "pk_test_e2e" : "",
    ...(stripe && {
      STRIPE_API_BASE: stripe,
      MONTHLY_PRICE: "price_team_monthly",
      YEARLY_PRICE: "price_team_yearly",
    }),
    DATABASE: join(folder, "demo.sqlite3"),
    STOCK: String(stock),
    LOG: "error",
    ...(www && { WWW: www }),
  };
  const server = spawn(BINARY, misbehave ? ["--misbehave"] : [], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [page, sandbox] = await addresses(server, stripe);

  const api = async (method: string, path: string): Promise<ApiSession> => {
    const headers = { authorization: "Bearer sk_test_e2e" };
    const response = await fetch(new URL(path, sandbox), { method, headers });
    if (!response.ok) throw new Error(`the sandbox answered ${response.status} to ${method} ${path}`);
    return (await response.json()) as ApiSession;
  };
  const session = (id: string) => api("GET", `/v1/checkout/sessions/${id}?expand[0]=line_items`);

  return {
    port: Number(new URL(page).port),
    sandbox,
    session,
    interval: async (id) => (await session(id)).line_items.data[0]?.price.recurring?.interval,
    items: async (id) =>
      (await session(id)).line_items.data.map(({ description, quantity }): [string, number] => [description, quantity]),
    expire: async (id) => void (await api("POST", `/v1/checkout/sessions/${id}/expire`)),
    stop: async () => {
      const gone = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGTERM");
      await gone;
      await rm(folder, { recursive: true });
    },
  };
}

/** What the server prints once it listens: its own address and its sandbox's. */
function addresses(server: ChildProcess, stripe: string | undefined): Promise<[string, string]> {
  return new Promise((resolve, reject) => {
    let page: string | undefined;
    server.once("error", () => reject(new Error(`${BINARY} cannot be started: build it with cargo build first`)));
    server.once("exit", (code) => reject(new Error(`the server ended with ${code} before it listened`)));
    createInterface({ input: server.stdout! }).on("line", (line) => {
      page ??= /^listening on (\S+)$/.exec(line)?.[1];
      const sandbox = stripe ?? /^sandbox on (\S+)$/.exec(line)?.[1];
      if (page && sandbox) resolve([page, sandbox]);
    });
  });
}

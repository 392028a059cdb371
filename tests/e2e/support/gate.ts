import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as its bytes came in. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What to do with the next request for a path, in place of passing it on. */
export type Plan = (exchange: Exchange) => void;

/** A request that was taken out of the stream. It is the plan's to answer, to pass on, or to leave in silence. */
export interface Exchange {
  readonly recorded: Recorded;
  /** Resolves with the time when the browser has closed the connection without an answer. */
  readonly closed: Promise<number>;
  readonly at: number;
  passOn(): void;
  answer(status: number, body: unknown): void;
}

export interface Gate {
  readonly url: string;
  /** Every request for a path, in the order of arrival. */
  recorded(path: string): Recorded[];
  /** Takes the next request for a path out of the stream and gives it once it is here. */
  intercept(path: string): Promise<Exchange>;
  close(): Promise<void>;
}

/** A loopback server in front of the demo's, which sees and can hold back what the page sends. */
export async function startGate(targetPort: number): Promise<Gate> {
  const seen: Recorded[] = [];
  const waiting = new Map<string, ((exchange: Exchange) => void)[]>();

  const server = createServer(async (incoming, outgoing) => {
    const body = await read(incoming);
    const path = new URL(incoming.url ?? "/", "http://gate").pathname;
    const recorded = { method: incoming.method ?? "", path, headers: incoming.headers, body: body.toString() };
    seen.push(recorded);
    const passOn = () => forward(targetPort, incoming, body, outgoing);
    const taker = waiting.get(path)?.shift();
    if (taker) taker(exchange(recorded, outgoing, passOn));
    else passOn();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    recorded: (path) => seen.filter((one) => one.path === path),
    intercept: (path) =>
      new Promise((resolve) => {
        waiting.set(path, [...(waiting.get(path) ?? []), resolve]);
      }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function read(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function exchange(recorded: Recorded, outgoing: ServerResponse, passOn: () => void): Exchange {
  const closed = new Promise<number>((resolve) => {
    outgoing.on("close", () => {
      if (!outgoing.writableFinished) resolve(performance.now());
    });
  });
  return {
    recorded,
    closed,
    at: performance.now(),
    passOn,
    answer(status, body) {
      outgoing.writeHead(status, { "content-type": "application/json" });
      outgoing.end(JSON.stringify(body));
    },
  };
}

/** Passes everything on as it came, `Host` and `Origin` too, so that the server's own checks see what the browser sent. */
function forward(port: number, incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse): void {
  const { method, url, headers } = incoming;
  const onward = request({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(outgoing);
  });
  onward.on("error", () => outgoing.destroy());
  onward.end(body);
}

// Compiled, never run, with a library that declares `Symbol.dispose`: `using` takes what can be disposed of.
import { createUpdates } from "checkout-updates";
import { createFakeServer } from "checkout-updates/testing";

export function ended(): void {
  using updates = createUpdates({ endpoints: {} });
  using server = createFakeServer({});
  updates[Symbol.dispose]();
  server.close();
}

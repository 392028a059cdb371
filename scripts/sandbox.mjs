// npm run sandbox [-- options]: the Checkout Sessions API alone, to test one's own server against.
import { serve } from "./lib/serve.mjs";
import { main } from "./lib/run.mjs";
import { needRust } from "./setup/rust.mjs";

await main(async () => {
  needRust();
  await serve("checkout-updates-sandbox", process.argv.slice(2));
});

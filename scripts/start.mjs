// npm start [-- options]: sets up what the demo needs, builds the package and serves the demo page.
import { buildExamples, buildPackage } from "./build.mjs";
import { main } from "./lib/run.mjs";
import { serve } from "./lib/serve.mjs";
import { setUpDemo } from "./setup.mjs";

await main(async () => {
  await setUpDemo();
  await buildPackage();
  await buildExamples();
  await serve("checkout-updates-server", process.argv.slice(2));
});

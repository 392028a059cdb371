// Run by npm before it packs or publishes: builds what the tarball holds, so that a fresh clone gives the whole package.
// What it says goes to standard error (package.json), since `npm pack --json` writes for programs.
import { buildPackage } from "./build.mjs";
import { main } from "./lib/run.mjs";
import { setUpDemo } from "./setup.mjs";

await main(async () => {
  await setUpDemo();
  await buildPackage();
});

import { defineConfig } from "@playwright/test";
import { chromium } from "./support/chromium.ts";

/** What has a run of its own: `npm test -- lab`, `npm run prove -- stack`. */
const LONG = ["**/demo/lab.spec.ts", "**/demo/lab-looks.spec.ts", "**/stack/random.spec.mjs"];

export default defineConfig({
  testDir: ".",
  testMatch: "{demo,stack}/**/*.spec.{ts,mjs}",
  testIgnore: process.env["LONG"] ? [] : LONG,
  outputDir: "../../test-results/demo",
  reporter: [["list"]],
  fullyParallel: true,
  // Each test has a browser, a server and a sandbox of its own, and mostly waits for one of them.
  workers: 3,
  // A retry would hide what it is here to find.
  retries: 0,
  forbidOnly: true,
  timeout: 240_000,
  expect: { timeout: 30_000 },
  // No trace: to record every test takes a quarter of the time. `--trace=retain-on-failure` records those that are asked for.
  use: { browserName: "chromium", launchOptions: chromium(), locale: "en-US", screenshot: "only-on-failure" },
});

import { defineConfig } from "@playwright/test";
import { chromium } from "./support/chromium.ts";

export default defineConfig({
  testDir: ".",
  testMatch: "{demo,stack}/**/*.spec.{ts,mjs}",
  outputDir: "../../test-results/demo",
  reporter: [["list"]],
  fullyParallel: true,
  workers: 2,
  // A retry would hide what it is here to find.
  retries: 0,
  forbidOnly: true,
  timeout: 240_000,
  expect: { timeout: 10_000 },
  use: { browserName: "chromium", launchOptions: chromium(), locale: "en-US", trace: "retain-on-failure" },
});

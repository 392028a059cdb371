import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

/** Draws the pictures of the README. No part of the tests: fonts differ from machine to machine. */
export default defineConfig(config, {
  testMatch: "screenshot.ts",
  outputDir: "../../test-results/screenshot",
  workers: 1,
});

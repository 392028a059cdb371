import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

const { build } = JSON.parse(readFileSync(new URL("build/build.json", import.meta.url), "utf8"));

export default defineConfig({
  define: { BUILD: JSON.stringify(build), CHUNKS: "true" },
  // The limit is for what hangs; reading the plain engine alone takes seconds on a busy machine.
  test: { include: ["tests/unit/**/*.test.ts"], testTimeout: 30_000 },
});

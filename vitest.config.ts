import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

const { build } = JSON.parse(readFileSync(new URL("build/build.json", import.meta.url), "utf8"));

export default defineConfig({
  define: { BUILD: JSON.stringify(build), CHUNKS: "true" },
  test: { include: ["tests/unit/**/*.test.ts"] },
});

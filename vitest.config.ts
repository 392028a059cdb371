import { defineConfig } from "vitest/config";

export default defineConfig({ define: { CHUNKS: "true" }, test: { include: ["tests/unit/**/*.test.ts"] } });

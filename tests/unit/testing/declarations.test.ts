// What users compile against: the declarations as they are published, with every library checked.
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const tsc = join(root, "node_modules/typescript/bin/tsc");

beforeAll(() => {
  const emitted = ["-p", "tsconfig.build.json", "--outDir", "build/types-test"];
  execFileSync(process.execPath, [tsc, ...emitted], { cwd: root, encoding: "utf8" });
}, 60_000);

test.each([
  ["without any library that is newer than ES2021, and with options that hold nothing", "published"],
  ["with a library that declares Symbol.dispose", "published/disposable"],
])("compile %s", { timeout: 60_000 }, (_, folder) => {
  const project = join(root, "tests/types", folder);
  const { stdout } = spawnSync(process.execPath, [tsc, "-p", project, "--pretty", "false"], { encoding: "utf8" });
  expect(stdout).toBe("");
});

// npm test: sets up everything, builds the package and runs every check and test. Stops at the first that fails.
import { dirname, join } from "node:path";
import { buildExamples, buildPackage } from "./build.mjs";
import { checkPackage } from "./check-package.mjs";
import { pathWith } from "./lib/places.mjs";
import { capture, main, root, run, step, Stop } from "./lib/run.mjs";
import { printTotals, suite } from "./lib/tests.mjs";
import { lintJs, lintRust } from "./lint.mjs";
import { setUpAll } from "./setup.mjs";

const bin = (name) => join(root, "node_modules", ".bin", name);
const COVERED = 95;

async function rustOnHost({ coverage }) {
  const workspace = ["test", "--locked", "--workspace", "--exclude", "checkout-updates"];
  await suite("Servers and sandbox", "host", "cargo", workspace);
  // The rules alone: what touches the browser is tested there.
  const rules = ["--package", "checkout-updates", "--no-default-features", "--ignore-filename-regex", "src/browser/"];
  const cover = ["llvm-cov", "test", "--locked", ...rules, "--fail-under-lines", String(COVERED)];
  await suite(`The rules of an update, ${COVERED} % of lines covered`, "host", coverage.program, cover, {
    env: coverage.env,
  });
}

/** The names of the Rust tests that run in browsers. */
function browserTests() {
  const metadata = JSON.parse(capture("cargo", ["metadata", "--format-version=1", "--no-deps", "--locked"]));
  const targets = metadata.packages.find(({ name }) => name === "checkout-updates").targets;
  return targets.filter(({ src_path }) => src_path.startsWith(join(root, "tests", "browser"))).map(({ name }) => name);
}

async function rustInBrowsers(tools) {
  const folders = [tools.wasmBindgen, tools.chromedriver, tools.geckodriver].map((path) => dirname(path));
  const env = { ...tools.wasmTest, WASM_BINDGEN_TEST_TIMEOUT: "120" };
  env.PATH = pathWith(...folders);
  if (tools.wasmTest.PATH) env.PATH = `${tools.wasmTest.PATH.split(":")[0]}:${env.PATH}`;
  const names = browserTests().flatMap((name) => ["--test", name]);
  for (const [browser, flag] of [
    ["Chromium", "--chrome"],
    ["Firefox", "--firefox"],
  ]) {
    await suite("The module's bindings", browser, tools.wasmPack, ["test", "--headless", flag, ".", ...names], { env });
  }
}

async function pages(tools) {
  const env = {
    CHROMIUM: tools.chromium,
    CHROMEDRIVER: tools.chromedriver,
    FIREFOX: tools.firefox,
    GECKODRIVER: tools.geckodriver,
  };
  const servers = ["build", "--quiet", "--locked", "--package=checkout-updates-server", "--package=fault-server"];
  await step("Build the servers", () => run("cargo", servers));
  await suite("The demo page", "Chromium", bin("playwright"), ["test", "--config", "tests/e2e"], { env });
  const faults = ["--test", "--test-reporter=spec", "tests/e2e/faults/faults.test.mjs"];
  await suite("A server that misbehaves", "Chromium and Firefox", process.execPath, faults, { env });
}

await main(async () => {
  let complete = false;
  try {
    const tools = await setUpAll();
    await buildPackage();
    await buildExamples();
    await buildPackage({ trap: true });
    await Promise.all([lintJs().then(checkPackage), lintRust()]);
    await suite("The facade", "Node", bin("vitest"), ["run"]);
    await rustOnHost(tools);
    await rustInBrowsers(tools);
    await pages(tools);
    complete = true;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(`\nStopped: ${error.message}`);
    process.exitCode = 1;
  } finally {
    printTotals(complete);
  }
});

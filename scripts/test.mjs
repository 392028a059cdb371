// npm test: sets up everything, builds the package and runs every check and test. Stops at the first that fails.
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkSizes } from "../bench/sizes.mjs";
import { buildExamples, buildPackage } from "./build.mjs";
import { checkPackage } from "./check-package.mjs";
import { checkReproducible } from "./check-reproducible.mjs";
import { buildDocs } from "./docs.mjs";
import { throughProxy } from "./lib/one-request-proxy.mjs";
import { pathWith } from "./lib/places.mjs";
import { capture, report, root, run, step } from "./lib/run.mjs";
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
  const examples = ["test", "--quiet", "--locked", "--doc", "--package", "checkout-updates"];
  await step("The examples in the crate's documentation", () => run("cargo", examples, { quiet: true }));
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
    const args = ["test", "--headless", flag, ".", ...names];
    await throughProxy((proxy) =>
      suite("The module's bindings", browser, tools.wasmPack, args, { env: { ...env, ...proxy } }),
    );
  }
}

/** Where the tests that look for browsers themselves find them. */
const browserEnv = (tools) => ({
  CHROMIUM: tools.chromium,
  CHROMEDRIVER: tools.chromedriver,
  FIREFOX: tools.firefox,
  GECKODRIVER: tools.geckodriver,
});

/** Runs test files of Node's own runner. */
const nodeTests = (title, where, folder, env) => {
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith(".test.mjs"));
  const args = ["--test", "--test-reporter=spec", ...files.map((name) => join(folder, name))];
  return suite(title, where, process.execPath, args, { env });
};

async function servers(tools) {
  const packages = ["checkout-updates-server", "checkout-updates-sandbox", "fault-server"];
  const build = ["build", "--quiet", "--locked", ...packages.map((name) => `--package=${name}`)];
  await step("Build the servers", () => run("cargo", build));
  const env = { PYTHON: tools.python, RUBY: tools.ruby };
  await nodeTests("Stripe's clients against the sandbox", "Node and Python", "tests/sandbox", env);
}

async function pages(tools) {
  const env = browserEnv(tools);
  await suite(
    "The demo page and the whole stack",
    "Chromium and Firefox",
    bin("playwright"),
    ["test", "--config", "tests/e2e"],
    { env },
  );
  await nodeTests("A server that misbehaves", "Chromium and Firefox", "tests/e2e/faults", env);
  await nodeTests("The crate by itself", "Chromium and Firefox", "tests/e2e/crate", env);
  await nodeTests("The contract, rule by rule", "Chromium and Firefox", "tests/e2e/contract", env);
  await nodeTests("The guides", "Node and Chromium", "tests/docs", { ...env, RUBY: tools.ruby });
  await nodeTests("Loading the module", "Chromium", "tests/package", env);
  const projects = ["--test", "--test-reporter=spec", "tests/package/run.mjs"];
  await suite("The package in its users' projects", "Node and Chromium", process.execPath, projects, { env });
}

async function everything(tools) {
  await buildPackage();
  await buildPackage({ trap: true });
  await buildExamples();
  await step("Sizes by brotli", checkSizes);
  await step("Build the package again, in another folder", checkReproducible);
  await Promise.all([lintJs().then(checkPackage), lintRust()]);
  await buildDocs();
  await suite("The facade", "Node", bin("vitest"), ["run"]);
  await rustOnHost(tools);
  await servers(tools);
  await rustInBrowsers(tools);
  await pages(tools);
}

try {
  await everything(await setUpAll());
  printTotals();
} catch (error) {
  report(error);
  printTotals({ stopped: true });
  process.exit();
}

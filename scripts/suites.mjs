// The suites of `npm test`, in the order of a whole run, and what they need to be made first.
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkSizes } from "../bench/sizes.mjs";
import { buildExamples, buildPackage } from "./build.mjs";
import { buildServers, ON_HOST } from "./build/servers.mjs";
import { checkPackage } from "./check-package.mjs";
import { checkReproducible } from "./check-reproducible.mjs";
import { buildDocs } from "./docs.mjs";
import { startDisplay } from "./lib/display.mjs";
import { throughProxy } from "./lib/one-request-proxy.mjs";
import { pathWith } from "./lib/places.mjs";
import { bin, capture, root, run, step } from "./lib/run.mjs";
import { suite } from "./lib/tests.mjs";
import { lintJs, lintRust } from "./lint.mjs";
import { schemathesis } from "./prove/schemathesis.mjs";

const COVERED = 95;
const TITLES = { chromium: "Chromium", firefox: "Firefox", webkit: "WebKitGTK" };
const BOTH = ["chromium", "firefox"];
const ALL = Object.keys(TITLES);

/** Browsers as a heading says them. */
const named = (browsers) => new Intl.ListFormat("en-GB").format(browsers.map((browser) => TITLES[browser]));

/**
 * Builds what is named, each where it is not there already, and side by side: the last steps of a module leave one core
 * idle. The module that traps comes after the package's, since cargo writes both to one place.
 */
export async function make(needs) {
  const forPages = async () => {
    if (needs.has("package")) await buildPackage();
    await Promise.all([needs.has("trap") && buildPackage({ trap: true }), needs.has("examples") && buildExamples()]);
  };
  await Promise.all([forPages(), needs.has("servers") && buildServers()]);
}

/** The names of the Rust tests that run in browsers. */
function browserTests() {
  const metadata = JSON.parse(capture("cargo", ["metadata", "--format-version=1", "--no-deps", "--locked"]));
  const targets = metadata.packages.find(({ name }) => name === "checkout-updates").targets;
  return targets.filter(({ src_path }) => src_path.startsWith(join(root, "tests", "browser"))).map(({ name }) => name);
}

async function rustInBrowsers({ tools, browsers, only }) {
  const folders = [tools.wasmBindgen, tools.chromedriver, tools.geckodriver].map((path) => dirname(path));
  const env = { ...tools.wasmTest, WASM_BINDGEN_TEST_TIMEOUT: "120" };
  env.PATH = pathWith(...folders);
  if (tools.wasmTest.PATH) env.PATH = `${tools.wasmTest.PATH.split(":")[0]}:${env.PATH}`;
  const names = browserTests().flatMap((name) => ["--test", name]);
  const flags = {
    chromium: ["--chrome"],
    firefox: ["--firefox"],
    // The runner asks Safari's driver for no capability, and WebKitGTK's then starts the browser it was built with.
    webkit: ["--safaridriver", tools.webkitdriver, "--safari"],
  };
  for (const browser of browsers) {
    const args = [
      "test",
      "--headless",
      ...flags[browser],
      ".",
      "--features",
      "testing",
      ...names,
      ...(only ? ["--", only] : []),
    ];
    const display = browser === "webkit" ? await startDisplay() : null;
    // Its second compiler does not notice that a test has put another class where the glue's hot code found one.
    const own = display ? { DISPLAY: display.name, JSC_useDFGJIT: "0" } : {};
    await throughProxy((proxy) =>
      suite("The module's bindings", named([browser]), tools.wasmPack, args, { env: { ...env, ...own, ...proxy } }),
    );
    display?.stop();
  }
}

async function servers({ only }) {
  const args = ["test", "--locked", ...ON_HOST, ...(only ? ["--", only] : [])];
  await suite("Servers and sandbox", "host", "cargo", args);
}

async function rules({ tools: { coverage }, only }) {
  // The rules alone: what touches the browser is tested there.
  const features = ["--package", "checkout-updates", "--no-default-features"];
  if (only) return suite("The rules of an update", "host", "cargo", ["test", "--locked", ...features, "--", only]);
  const limits = ["--ignore-filename-regex", "src/browser/", "--fail-under-lines", String(COVERED)];
  const title = `The rules of an update, ${COVERED} % of lines covered`;
  await suite(title, "host", coverage.program, ["llvm-cov", "test", "--locked", ...features, ...limits], {
    env: coverage.env,
  });
}

function rustExamples() {
  const examples = ["test", "--quiet", "--locked", "--doc", "--package", "checkout-updates"];
  return step("The examples in the crate's documentation", () => run("cargo", examples, { quiet: true }));
}

/** Makes what crates.io would get, and compiles each from that alone. */
function packageCrates() {
  const packages = ["--package=checkout-updates", "--package=checkout-updates-sandbox"];
  const args = ["package", "--locked", "--allow-dirty", ...packages];
  return step("cargo package, the crate and the sandbox", () => run("cargo", args, { quiet: true }));
}

/** Where the tests that look for browsers themselves find them, and which of them are asked for. */
const browserEnv = (tools, browsers = []) => ({
  CHROMIUM: tools.chromium,
  CHROMEDRIVER: tools.chromedriver,
  FIREFOX: tools.firefox,
  GECKODRIVER: tools.geckodriver,
  WEBKITDRIVER: tools.webkitdriver,
  BROWSERS: browsers.join(","),
});

const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

/** Runs the test files of a folder by Node's own runner. */
const nodeTests = (title, where, folder, env, { only }) => {
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith(".test.mjs"));
  const pattern = only ? [`--test-name-pattern=${escaped(only)}`] : [];
  const args = ["--test", "--test-reporter=spec", ...pattern, ...files.map((name) => join(folder, name))];
  return suite(title, where, process.execPath, args, { env });
};

/** A suite of Node's runner whose files look for the browsers themselves. */
const inBrowsers =
  (title, folder) =>
  ({ tools, browsers, only }) =>
    nodeTests(title, named(browsers), folder, browserEnv(tools, browsers), { only });

/** Which of the specs run in which browser. */
const SPECS = { chromium: ["/demo/", "/stack/stack"], firefox: ["/stack/firefox"], webkit: ["/stack/webkit"] };

const demo = ({ tools, browsers, only }) => {
  const files = browsers.length < ALL.length ? browsers.flatMap((browser) => SPECS[browser]) : [];
  const args = ["test", "--config", "tests/e2e", ...files, ...(only ? ["--grep", escaped(only)] : [])];
  return suite("The demo page and the whole stack", named(browsers), bin("playwright"), args, {
    env: browserEnv(tools, browsers),
  });
};

const lab = ({ tools, only }) => {
  // The lab in the other engines is part of `demo`.
  const files = ["/demo/lab.spec", "/demo/lab-looks"];
  const args = ["test", "--config", "tests/e2e", ...files, ...(only ? ["--grep", escaped(only)] : [])];
  return suite("The lab, every fault of it", "Chromium", bin("playwright"), args, {
    env: { ...browserEnv(tools), LONG: "1" },
  });
};

const contract = ({ tools, browsers, only }) => {
  // The page runs all rules at once, so it is told which.
  const env = { ...browserEnv(tools, browsers), CONTRACT: only ?? "" };
  return nodeTests("The contract, rule by rule", named(browsers), "tests/e2e/contract", env, {});
};

const projects = ({ tools, browsers, only }) => {
  const args = ["--test-reporter=spec", "tests/package/run.mjs", ...(only ? [only] : [])];
  return suite("The package in its users' projects", "Node and Chromium", process.execPath, args, {
    env: browserEnv(tools, browsers),
  });
};

/**
 * - `title`: what the list of names says of it
 * - `needs`: what is built first, as `make` names it
 * - `tools`: whether it calls what only the whole set-up installs; else the demo's set-up is enough
 * - `beside`: whether it runs beside others of the kind, before the rest: it starts no browser and no server
 * - `browsers`: where it can run; without it, it is not asked which
 */
export const suites = [
  {
    name: "build",
    title: "Build the package, its twin that can be made to trap, the examples and the servers",
    needs: ["package", "trap", "examples", "servers"],
    run: () => {},
  },
  {
    name: "sizes",
    title: "Sizes by brotli against their budgets",
    beside: true,
    needs: ["package"],
    run: () => step("Sizes by brotli", checkSizes),
  },
  {
    name: "reproducible",
    title: "npm pack in a clean clone: the whole package, and the same bytes",
    beside: true,
    needs: ["package"],
    run: () => step("Pack the package in a clean clone", checkReproducible),
  },
  {
    name: "lint",
    title: "Formatting, lints, types, and the package's exports",
    beside: true,
    needs: ["package"],
    run: () => Promise.all([lintJs().then(checkPackage), lintRust()]),
  },
  { name: "docs", title: "The API references", beside: true, needs: ["package"], run: buildDocs },
  {
    name: "facade",
    title: "What js/ does without a browser",
    beside: true,
    needs: ["package"],
    run: ({ only }) => suite("The facade", "Node", bin("vitest"), ["run", ...(only ? ["-t", escaped(only)] : [])]),
  },
  {
    name: "types",
    title: "The published types with TypeScript 5.0 to 7, with and without a DOM library",
    beside: true,
    needs: ["package"],
    run: ({ only }) => nodeTests("The published types", "TypeScript 5.0 to 7", "tests/types/versions", {}, { only }),
  },
  {
    name: "rules",
    title: "What decides, src/*.rs, and how much of it is covered",
    beside: true,
    tools: true,
    run: rules,
  },
  { name: "examples", title: "The examples in the crate's documentation", beside: true, run: rustExamples },
  { name: "crates", title: "cargo package of what is published", beside: true, run: packageCrates },
  { name: "servers", title: "Demo server, sandbox and fault server", tools: true, run: servers },
  {
    name: "clients",
    title: "Stripe's own clients against the sandbox",
    needs: ["servers"],
    tools: true,
    run: ({ tools, only }) => {
      const env = { PYTHON: tools.python, RUBY: tools.ruby };
      return nodeTests("Stripe's clients against the sandbox", "Node and Python", "tests/sandbox", env, { only });
    },
  },
  {
    name: "description",
    title: "The demo server by its own /openapi.json, a few examples an endpoint",
    needs: ["servers"],
    tools: true,
    run: () => schemathesis(10),
  },
  {
    name: "bindings",
    title: "What performs, src/browser/, as wasm-bindgen tests",
    browsers: ALL,
    tools: true,
    run: rustInBrowsers,
  },
  {
    name: "demo",
    title: "The demo page and the whole stack",
    needs: ["package", "examples", "servers"],
    browsers: ALL,
    tools: true,
    run: demo,
  },
  {
    name: "lab",
    title: "Every fault of the lab, and how it looks",
    needs: ["package", "examples", "servers"],
    tools: true,
    run: lab,
  },
  {
    name: "faults",
    title: "A server that misbehaves, and docs/faults.md",
    needs: ["package"],
    browsers: ALL,
    tools: true,
    run: inBrowsers("A server that misbehaves", "tests/e2e/faults"),
  },
  {
    name: "hostile",
    title: "Values that no page should pass, and pages whose other scripts break the platform; some of each",
    needs: ["package"],
    browsers: BOTH,
    tools: true,
    run: inBrowsers("Hostile values and pages", "tests/e2e/hostile"),
  },
  {
    name: "crate",
    title: "The crate without the npm package",
    needs: ["package"],
    browsers: ALL,
    tools: true,
    run: inBrowsers("The crate by itself", "tests/e2e/crate"),
  },
  {
    name: "contract",
    title: "Every rule of the contract, on the built package",
    needs: ["package", "trap"],
    browsers: ALL,
    tools: true,
    run: contract,
  },
  {
    name: "guides",
    title: "Every block of the guides, compiled or run",
    needs: ["package"],
    tools: true,
    run: ({ tools, only }) =>
      nodeTests("The guides", "Node and Chromium", "tests/docs", { ...browserEnv(tools), RUBY: tools.ruby }, { only }),
  },
  {
    name: "loading",
    title: "What becomes of a page that cannot load the module",
    needs: ["package"],
    browsers: ["chromium", "webkit"],
    tools: true,
    run: inBrowsers("Loading the module", "tests/package"),
  },
  {
    name: "projects",
    title: "The packed tarball in bundlers and test runners",
    needs: ["package"],
    browsers: ["chromium"],
    tools: true,
    run: projects,
  },
];

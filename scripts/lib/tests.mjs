// Running test programs: their output is shown as it comes, or of those that run side by side once each has ended. What
// they passed and failed is added up.
import { launch, root, Stop } from "./run.mjs";

const totals = { passed: 0, failed: 0 };
let sideBySide = false;

// How the runners end: cargo and wasm-bindgen-test, vitest, node:test, Playwright.
const PASSED = [
  /^test result: \w+\. (\d+) passed/gm,
  /^ +Tests .*?(\d+) passed/gm,
  /^ℹ pass (\d+)/gm,
  /^ +(\d+) passed \(/gm,
];
const FAILED = [
  /^test result: .* (\d+) failed;/gm,
  /^ +Tests +(\d+) failed/gm,
  /^ℹ fail (\d+)/gm,
  /^ +(\d+) failed$/gm,
];

const sum = (patterns, text) =>
  patterns.flatMap((pattern) => [...text.matchAll(pattern)]).reduce((total, [, count]) => total + Number(count), 0);

/** Runs all of these, two at a time: each leaves one core idle for a part of its time. */
export async function runSideBySide(all, runOne) {
  const queue = [...all];
  const next = async () => {
    for (let one = queue.shift(); one; one = queue.shift()) await runOne(one);
  };
  sideBySide = all.length > 1;
  await Promise.all([next(), next()]);
  sideBySide = false;
}

/** Runs one test program under a heading that says where its tests run. Throws `Stop` when it fails. */
export async function suite(title, where, command, args, { env, cwd = root } = {}) {
  const start = performance.now();
  const heading = `\n== ${title} [${where}]\n$ ${[command.replace(`${root}/`, ""), ...args].join(" ")}\n`;
  const showsLater = sideBySide;
  if (!showsLater) process.stdout.write(heading);
  const child = launch(command, args, {
    cwd,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
      if (!showsLater) process.stdout.write(chunk);
    });
  }
  const code = await new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new Stop(`${command} could not be started: ${error.message}`)));
    child.on("close", (exit, signal) => resolve(exit ?? signal));
  });
  if (showsLater) process.stdout.write(heading + text);
  const [passed, failed] = [sum(PASSED, text), sum(FAILED, text)];
  totals.passed += passed;
  totals.failed += failed;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`-- ${title} [${where}]: ${passed} passed, ${failed} failed, in ${seconds} s`);
  if (code !== 0) throw new Stop(`${title} [${where}] failed (${code})`);
  if (passed === 0) throw new Stop(`${title} [${where}] ran no test`);
}

/** Prints the sum of all suites. A run that was stopped by something else than a test counts as one failure. */
export function printTotals({ stopped = false } = {}) {
  const failed = stopped ? Math.max(totals.failed, 1) : totals.failed;
  console.log(`\n${totals.passed} passed, ${failed} failed`);
}

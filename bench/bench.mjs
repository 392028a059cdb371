// npm run bench: measures the package beside what would be used instead, all in one run; prints the table, and writes
// bench/results.json, the tables of README.md and docs/bench.md, and its pictures. `-- --quick` measures a few rounds and
// writes nothing.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { buildPackage } from "../scripts/build.mjs";
import { main, root, run, step } from "../scripts/lib/run.mjs";
import { spread } from "./lib/stats.mjs";

const quick = process.argv.includes("--quick");
const ROUNDS = quick ? 3 : 30;
/** A visit of a page on a slow network takes seconds. */
const VISITS = quick ? 1 : 4;
const UPDATES = quick ? 5_000 : 100_000;

/** What pages load that do without the package, by the name in the tables. */
async function filesBeside() {
  const { peerFiles } = await import("./lib/sizes.mjs");
  const { floorFiles } = await import("./lib/floor.mjs");
  const floor = await step("Build the minimal update in Rust", floorFiles);
  return { ...(await peerFiles()), ...floor };
}

/** What the pages of the measurements load, by path. */
async function pageFiles(beside) {
  const { packageFiles } = await import("./lib/sizes.mjs");
  const own = await packageFiles();
  const folders = { slim: own["./slim"], default: own["."], ...beside };
  const files = Object.entries(folders).flatMap(([folder, files]) =>
    Object.entries(files).map(([name, content]) => [`/${folder}/${name}`, content]),
  );
  return { ...Object.fromEntries(files), "/in-page.js": readFileSync(join(root, "bench", "lib", "in-page.mjs")) };
}

const spreadAll = (rows) => Object.fromEntries(Object.entries(rows).map(([name, values]) => [name, spread(values)]));

async function measure() {
  const { packageSizes, weighAll } = await import("./lib/sizes.mjs");
  const { launch, serve } = await import("./lib/browser.mjs");
  const { measureLoading } = await import("./lib/loading.mjs");
  const { measureInstant, measureLoopback } = await import("./lib/updating.mjs");
  const { measureSoak } = await import("./lib/soak.mjs");
  const { measureBlocking } = await import("./lib/blocking.mjs");
  const { measureFelt } = await import("./lib/felt.mjs");
  const { startDemo } = await import("./lib/demo.mjs");
  const { differences, ratios } = await import("./lib/stats.mjs");
  const beside = await filesBeside();
  const files = await pageFiles(beside);
  const sizes = { package: await packageSizes(), peers: weighAll(beside) };
  const load = loadavg()[0];
  const demo = await startDemo(files);
  const shop = await serve(files);
  const browser = await launch();
  try {
    const loading = await step("Import to ready", () => measureLoading(browser, shop.url, ROUNDS));
    const instant = await step("Updates whose fetch answers at once", () => measureInstant(browser, shop.url, ROUNDS));
    const loopback = await step("Updates of the demo server", () => measureLoopback(browser, demo.url, ROUNDS));
    const blocking = await step("Each call by itself", () => measureBlocking(browser, shop.url, ROUNDS));
    const soak = await step(`${UPDATES} updates in a row`, () => measureSoak(browser, shop.url, UPDATES));
    const felt = await step("The pages on a slow phone", () => measureFelt(browser, demo.url, VISITS));
    const more = (cache, name) => differences(loading[name][cache], loading.axios[cache]);
    return {
      date: new Date().toISOString().slice(0, 10),
      machine: {
        cpu: cpus()[0].model.trim(),
        cores: cpus().length,
        loadBefore: Number(load.toFixed(1)),
        chromium: browser.version(),
        node: process.version,
      },
      sizes,
      loading: Object.fromEntries(
        ["cold", "warm"].map((cache) => [
          cache,
          {
            ...Object.fromEntries(Object.entries(loading).map(([name, rows]) => [name, spread(rows[cache])])),
            "more than axios": { ".": more(cache, "."), "./slim": more(cache, "./slim") },
          },
        ]),
      ),
      instant: {
        ...spreadAll(instant),
        "more than hand-written": {
          request: differences(instant.request, instant["hand-written"]),
          run: differences(instant.run, instant["hand-written"]),
        },
      },
      loopback: {
        ...spreadAll(loopback),
        "times hand-written": {
          request: ratios(loopback.request, loopback["hand-written"]),
          run: ratios(loopback.run, loopback["hand-written"]),
        },
      },
      blocking: { call: spreadAll(blocking.call), task: spreadAll(blocking.task) },
      soak: { updates: UPDATES, ...soak },
      felt,
    };
  } finally {
    await browser.close();
    await Promise.all([shop.close(), demo.close()]);
  }
}

await main(async () => {
  await buildPackage();
  const install = ["ci", "--no-audit", "--no-fund"];
  await step("Install the packages to compare with", () =>
    run("npm", install, { cwd: join(root, "bench"), quiet: true }),
  );
  const results = await measure();
  const { goalTable, fullPage, pictures, replaceSection } = await import("./lib/report.mjs");
  console.log(`\n${goalTable(results)}`);
  if (quick) return;
  writeFileSync(join(root, "bench", "results.json"), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(root, "docs", "bench.md"), fullPage(results));
  for (const [name, picture] of Object.entries(pictures(results))) writeFileSync(join(root, "docs", name), picture);
  const readme = join(root, "README.md");
  writeFileSync(readme, replaceSection(readFileSync(readme, "utf8"), results));
  await run(join(root, "node_modules", ".bin", "prettier"), ["--write", "README.md", "docs/bench.md"], { quiet: true });
});

// The packed tarball in the projects of its users: installed, built, opened in Chromium and clicked through.
// node --test-reporter=spec tests/package/run.mjs [--write] [name...]; --write renews the table in docs/bundlers.md.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { run } from "../../scripts/lib/run.mjs";
import { fixtures } from "./fixtures.mjs";
import { clickThrough, launch, openPage } from "./lib/browser.mjs";
import { checkCopies, checkNoEval } from "./lib/checks.mjs";
import { pack, prepare, versionOf } from "./lib/project.mjs";
import { openShop, STRICT } from "./lib/shop.mjs";
import { writeTable } from "./lib/table.mjs";
import { startTool } from "./lib/tool.mjs";

const names = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const chosen = fixtures.filter(({ name }) => names.length === 0 || names.includes(name));
const results = [];
let browser;
let tarball;
let installing = Promise.resolve();

const env = { NEXT_TELEMETRY_DISABLED: "1", CI: "1" };
const script = (folder, name) => run("npm", ["run", "--silent", name], { cwd: folder, quiet: true, env });

/**
 * The policies of a fixture's page: the one of the docs, and one that forbids WebAssembly. A development server brings
 * scripts and styles of its own into its page, so it has none.
 */
function policiesOf({ inline, start, built, oneFile }) {
  if (start && !built) return [undefined];
  const policy = inline
    ? STRICT.replace("script-src", "style-src 'self' 'unsafe-inline'; script-src 'unsafe-inline'")
    : STRICT;
  return oneFile ? [policy] : [policy, policy.replace(" 'wasm-unsafe-eval'", "")];
}

async function click(fixture, folder, tool, policy) {
  const folders = Object.entries({ "/": fixture.serve ?? ".", ...fixture.mounts });
  const shop = await openShop({
    folders: Object.fromEntries(folders.map(([prefix, path]) => [prefix, join(folder, path)])),
    upstream: tool?.port,
    policy,
  });
  const { page, complaints, close } = await openPage(browser, shop.url);
  try {
    assert.equal(await clickThrough(page), "Yearly plan");
  } catch (error) {
    error.message += `\n${policy}\n${complaints.join("\n")}\n${await page.content()}`;
    throw error;
  } finally {
    await close();
    await shop.close();
  }
  // Chromium says itself that a policy forbade WebAssembly.
  const isOwn = (line) => !/^Compiling or instantiating WebAssembly module violates/.test(line);
  assert.deepEqual(complaints.filter(isOwn), []);
  assert.deepEqual(
    shop.updates.map(({ body }) => body),
    [{ checkout_session_id: "cs_test_1", interval: "yearly" }],
  );
  assert.match(shop.updates[0].key, /^\S{16,}$/);
}

async function build(fixture, folder) {
  await script(folder, "build");
  // That nothing makes code of text is for the policy to find: bundlers add such words, and never come to them.
  const built = join(folder, fixture.built ?? fixture.serve);
  checkCopies(built, join(folder, "node_modules", "checkout-updates", "dist"), fixture.copies);
}

async function test(folder) {
  const out = await script(folder, "test");
  // Node's own runner is content with no test at all.
  if (/^(ℹ|#) tests/m.test(out)) assert.match(out, /^(ℹ|#) pass [1-9]/m);
}

/** Where there is no page, an update is a clear failure, and nothing is sent. */
async function checkOnServer({ onServer = [] }, tool) {
  for (const path of onServer) {
    const response = await fetch(`http://127.0.0.1:${tool.port}${path}`);
    const { type, kind, applied, detail } = await response.json();
    assert.deepEqual([type, kind, applied], ["error", "unavailable", "no"], path);
    assert.match(detail, /browser/, path);
  }
}

async function work(fixture, folder) {
  if (fixture.test) return test(folder);
  if (fixture.copies) await build(fixture, folder);
  const tool = fixture.start && (await startTool(folder));
  try {
    await checkOnServer(fixture, tool);
    for (const policy of policiesOf(fixture)) await click(fixture, folder, tool, policy);
  } finally {
    await tool?.stop();
  }
}

/** Installs one at a time: npm fills the machine by itself. */
function install(fixture) {
  const installed = installing.then(() => prepare(fixture, tarball));
  installing = installed.catch(() => {});
  return installed;
}

describe("The packed tarball", { concurrency: 2 }, () => {
  before(async () => {
    assert.notEqual(chosen.length, 0, `no fixture is called ${names.join(" or ")}`);
    tarball = await pack();
    browser = await launch();
  });
  after(async () => {
    const version = browser?.version();
    await browser?.close();
    // A table with rows missing would say less than the one that is there.
    const isWhole = results.length === fixtures.length;
    const inOrder = fixtures.flatMap(({ name }) => results.filter((result) => result.name === name));
    if (isWhole && process.argv.includes("--write")) await writeTable(inOrder, { browser: version });
  });

  for (const fixture of chosen) {
    it(fixture.title, async () => {
      const folder = await install(fixture);
      const start = performance.now();
      await work(fixture, folder);
      const version = fixture.tool ? versionOf(folder, fixture.tool) : fixture.test ? process.versions.node : "";
      results.push({ ...fixture, version, seconds: (performance.now() - start) / 1000 });
    });
  }

  it("nothing in it makes code of text", async () => {
    checkNoEval(join(await install(chosen[0]), "node_modules", "checkout-updates", "dist"));
  });
});

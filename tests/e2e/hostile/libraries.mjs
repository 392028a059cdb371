// The scripts of others that a page may have, as those who use them load them, in one folder.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { libraries } from "../../../scripts/setup/libraries.mjs";
import { packageFolder, root } from "../faults/lib/server.mjs";

const script = (name) => `<script src="/libraries/${name}.js"></script>`;

/** What a page does beside them. */
const LINES = {
  lockdown: "lockdown();",
  "lockdown-severe": 'lockdown({ overrideTaming: "severe", errorTaming: "unsafe" });',
  "no-fetch": "delete window.fetch;",
};

const files = async (folder) => ({
  ...(await libraries()),
  ses: join(folder, "ses/dist/lockdown.umd.min.js"),
  "zone-old": join(folder, "zone-old/dist/zone.js"),
  zone: join(folder, "zone.js/bundles/zone.umd.js"),
  "zone-new": join(folder, "zone-new/bundles/zone.umd.js"),
  "mootools-1.5": join(folder, "mootools/lib/mootools-core-1.5.2-server.js"),
  "whatwg-fetch": join(folder, "whatwg-fetch/dist/fetch.umd.js"),
});

/** Each page: its name, and its scripts before the package. */
export const LIBRARIES = [
  { name: "SES lockdown()", scripts: script("ses") + script("lockdown") },
  {
    name: "SES lockdown() that moves the override mistake aside",
    scripts: script("ses") + script("lockdown-severe"),
  },
  { name: "zone.js 0.8.29", scripts: script("zone-old") },
  { name: "zone.js 0.14.3", scripts: script("zone") },
  { name: "zone.js 0.16.3", scripts: script("zone-new") },
  { name: "Prototype 1.7.3", scripts: script("prototype") },
  { name: "MooTools 1.4.5", scripts: script("mootools") },
  { name: "MooTools 1.5.2, what a server has of it", scripts: script("mootools-1.5") },
  { name: "core-js with everything forced", scripts: script("core-js") },
  { name: "whatwg-fetch in fetch's place", scripts: script("no-fetch") + script("whatwg-fetch") },
  {
    name: "core-js, whatwg-fetch and zone.js 0.8.29 together",
    scripts: script("core-js") + script("no-fetch") + script("whatwg-fetch") + script("zone-old"),
  },
];

/**
 * core-js asks for each feature by name whether it is forced: every name is. But for the object `Reflect`: put anew, by the
 * last of its files, it would lose what those before have put on it.
 */
const FORCED = `
  const isForced = require("core-js/internals/is-forced");
  Object.setPrototypeOf(isForced.data, new Proxy({}, { get: (_, name) => (name === "reflect" ? undefined : isForced.POLYFILL) }));
  require("core-js/stable");
`;

/** Writes them; gives the folder. */
export async function writeLibraries() {
  const folder = join(root, "build", "hostile");
  mkdirSync(folder, { recursive: true });
  for (const [name, from] of Object.entries(await files(packageFolder("node_modules")))) {
    copyFileSync(from, join(folder, `${name}.js`));
  }
  for (const [name, line] of Object.entries(LINES)) writeFileSync(join(folder, `${name}.js`), `${line}\n`);
  await build({
    bundle: true,
    stdin: { contents: FORCED, resolveDir: root },
    outfile: join(folder, "core-js.js"),
    logLevel: "warning",
    minify: true,
  });
  return folder;
}

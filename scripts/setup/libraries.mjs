// Prototype and MooTools as pages still have them, for the tests of hostile pages: no registry of packages has either.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { aptInstall } from "../lib/apt.mjs";
import { Stop } from "../lib/run.mjs";

/** Where Debian's packages put what is in them. */
const FOLDER = "/usr/share/javascript";
const PACKAGES = { "prototype/prototype.js": "libjs-prototype", "mootools/mootools.js": "libjs-mootools" };

/** Installs what is missing, and gives the path of each. */
export async function libraries() {
  const missing = () => Object.keys(PACKAGES).filter((file) => !existsSync(join(FOLDER, file)));
  const packages = missing().map((file) => PACKAGES[file]);
  await aptInstall(packages, "try the package beside old libraries");
  if (missing().length > 0) throw new Stop(`${missing().join(" and ")}: needed in ${FOLDER} and not there`);
  return { prototype: join(FOLDER, "prototype/prototype.js"), mootools: join(FOLDER, "mootools/mootools.js") };
}

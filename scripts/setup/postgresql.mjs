// PostgreSQL, for the tests of several servers on one database. They start one of their own; nothing is configured.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { aptInstall } from "../lib/apt.mjs";

const VERSIONS = "/usr/lib/postgresql";

const isThere = () =>
  existsSync(VERSIONS) && readdirSync(VERSIONS).some((version) => existsSync(join(VERSIONS, version, "bin", "initdb")));

/** Installs Debian's where there is none. */
export async function postgresql() {
  if (!isThere()) await aptInstall(["postgresql"], "test several servers on one database");
}

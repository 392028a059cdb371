// PostgreSQL, for the tests of several servers on one database, and PgBouncer, for those of what may stand between. They
// start their own; nothing is configured.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { aptInstall } from "../lib/apt.mjs";

const VERSIONS = "/usr/lib/postgresql";

const isThere = () =>
  existsSync(VERSIONS) && readdirSync(VERSIONS).some((version) => existsSync(join(VERSIONS, version, "bin", "initdb")));

const POOLERS = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"];

/** Installs Debian's where there is none. */
export async function postgresql() {
  const missing = [];
  if (!isThere()) missing.push("postgresql");
  if (!POOLERS.some(existsSync)) missing.push("pgbouncer");
  if (missing.length) await aptInstall(missing, "test several servers on one database");
}

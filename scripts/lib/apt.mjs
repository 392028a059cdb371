// Debian packages: installed where that can be done without asking, named in one line where it cannot.
import { capture, run, step, Stop, which } from "./run.mjs";

const installed = (name) => capture("dpkg-query", ["-W", "-f=${Status}", name]) === "install ok installed";

let updated;

/** Installs the packages that are missing. `why` ends the sentence "… is needed to …". */
export async function aptInstall(names, why) {
  const missing = which("dpkg-query") ? names.filter((name) => !installed(name)) : names;
  if (missing.length === 0) return;
  const command = `apt-get install --no-install-recommends ${missing.join(" ")}`;
  if (!which("apt-get") || process.getuid?.() !== 0) {
    throw new Stop(`${missing.join(", ")} is needed to ${why}. Run as root: ${command}`);
  }
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const options = ["-qq", "-o", "DPkg::Lock::Timeout=300"];
  await step(`Install ${missing.join(", ")} by apt-get, to ${why}`, async () => {
    updated ??= run("apt-get", [...options, "update"], { env, quiet: true });
    await updated;
    await run("apt-get", [...options, "install", "-y", "--no-install-recommends", ...missing], { env, quiet: true });
  });
}

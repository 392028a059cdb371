// Safari's engine: WebKitGTK with its driver, and a display that nobody sees. Debian's packages unless they are there.
import { aptInstall } from "../lib/apt.mjs";
import { Stop, which } from "../lib/run.mjs";

const PACKAGES = { WebKitWebDriver: "webkit2gtk-driver", Xvfb: "xvfb" };

/** Installs what is missing, and gives the path of the driver: it knows its own browser. */
export async function webkit() {
  const missing = () => Object.keys(PACKAGES).filter((program) => !which(program));
  const packages = missing().map((program) => PACKAGES[program]);
  await aptInstall(packages, "run the tests in Safari's engine");
  if (missing().length > 0) throw new Stop(`${missing().join(" and ")}: needed for Safari's engine and not on PATH`);
  return which("WebKitWebDriver");
}

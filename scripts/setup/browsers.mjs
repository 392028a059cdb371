// Chromium with its driver, and Firefox. Debian's packages unless they are there; geckodriver comes as a crate.
import { aptInstall } from "../lib/apt.mjs";
import { cargoInstall } from "../lib/cargo-install.mjs";
import { capture, Stop, which } from "../lib/run.mjs";

const GECKODRIVER = "0.37.1";
const CHROMIUM = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const FIREFOX = ["firefox-esr", "firefox"];

const first = (names) => names.map((name) => which(name)).find((path) => path !== null) ?? null;
const major = (path) => /(\d+)\.\d+/.exec(capture(path, ["--version"]) ?? "")?.[1];

/** Installs the browsers and ChromeDriver that are missing, and gives `{ chromium, firefox, chromedriver }`. */
export async function browsers() {
  const missing = [
    ...(first(CHROMIUM) ? [] : ["chromium"]),
    ...(which("chromedriver") ? [] : ["chromium-driver"]),
    ...(first(FIREFOX) ? [] : ["firefox-esr"]),
  ];
  await aptInstall(missing, "run the tests in browsers");
  const found = { chromium: first(CHROMIUM), firefox: first(FIREFOX), chromedriver: which("chromedriver") };
  const absent = Object.keys(found).find((name) => found[name] === null);
  if (absent) throw new Stop(`${absent} is needed to run the tests in browsers and is not on PATH`);
  const [browser, driver] = [major(found.chromium), major(found.chromedriver)];
  if (browser !== driver) {
    throw new Stop(`ChromeDriver ${driver} cannot drive Chromium ${browser}: install the driver of the same version`);
  }
  return found;
}

/** What lets tests drive Firefox. */
export const geckodriver = () => cargoInstall("geckodriver", GECKODRIVER);

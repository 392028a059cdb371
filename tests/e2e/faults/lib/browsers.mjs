// The system's own browsers, through WebDriver.
import { Builder, error } from "selenium-webdriver";
import chrome from "selenium-webdriver/chrome.js";
import firefox from "selenium-webdriver/firefox.js";
import { DriverService } from "selenium-webdriver/remote/index.js";
import { startDisplay } from "../../../../scripts/lib/display.mjs";
import { toolFolders } from "../../../../scripts/lib/places.mjs";
import { which } from "../../../../scripts/lib/run.mjs";

/** Every browser that these tests know. */
export const ALL_BROWSERS = ["Chromium", "Firefox", "WebKitGTK"];
const asked = process.env.BROWSERS?.split(",").filter(Boolean) ?? [];
/** Those that `BROWSERS` names, as `npm test` sets it, or all. */
export const BROWSERS = ALL_BROWSERS.filter(
  (name) => asked.length === 0 || asked.some((word) => name.toLowerCase().startsWith(word)),
);

/** The first of these programs, on PATH or where set-up installs. */
function find(variable, names) {
  const found = process.env[variable] || names.map((name) => which(name, toolFolders)).find((path) => path !== null);
  if (!found) throw new Error(`no ${names[0]} on PATH: run npm run setup, or name it in ${variable}`);
  return found;
}

const CHROMIUM = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const FIREFOX = ["firefox-esr", "firefox"];

const drivers = {
  Chromium: () =>
    new Builder()
      .forBrowser("chrome")
      .setChromeService(new chrome.ServiceBuilder(find("CHROMEDRIVER", ["chromedriver"])))
      .setChromeOptions(
        new chrome.Options()
          .setBinaryPath(find("CHROMIUM", CHROMIUM))
          .addArguments(
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
          ),
      ),
  Firefox: () =>
    new Builder()
      .forBrowser("firefox")
      .setFirefoxService(new firefox.ServiceBuilder(find("GECKODRIVER", ["geckodriver"])))
      .setFirefoxOptions(
        new firefox.Options()
          .setBinary(find("FIREFOX", FIREFOX))
          .addArguments("-headless")
          // Nothing but loopback.
          .setPreference("network.captive-portal-service.enabled", false)
          .setPreference("network.connectivity-service.enabled", false),
      ),
};

/** Starts a browser; gives its driver and what ends both. */
async function launch(browser) {
  if (browser === "WebKitGTK") return launchWebkit();
  const driver = await drivers[browser]().build();
  return { driver, close: () => driver.quit() };
}

/** Safari's engine. Its driver starts the browser it was built with, which draws on the display that it is given. */
async function launchWebkit() {
  const display = await startDisplay();
  const env = { ...process.env, DISPLAY: display.name };
  const program = find("WEBKITDRIVER", ["WebKitWebDriver"]);
  const service = new DriverService.Builder(program).setLoopback(true).setEnvironment(env).build();
  const end = async () => {
    await service.kill();
    display.stop();
  };
  try {
    const driver = await new Builder()
      .usingServer(await service.start())
      .forBrowser("MiniBrowser")
      .build();
    return { driver, close: () => driver.quit().finally(end) };
  } catch (error) {
    await end();
    throw error;
  }
}

/**
 * Whether this says that a browser, its page or its driver is gone. A driver has no word of its own for it: what it cannot
 * read of a page that died is an error without a class.
 */
export const died = (thrown) =>
  thrown.constructor === error.WebDriverError ||
  thrown instanceof error.NoSuchSessionError ||
  thrown instanceof error.NoSuchWindowError ||
  /^ECONN/.test(thrown.message);

/** Opens a browser on a page of the fault server, which puts what a test can call into a global of this name. */
export async function openPage(browser, url, name = "faults") {
  const { driver, close } = await launch(browser);
  await driver.manage().setTimeouts({ script: 60_000 });
  const open = async () => {
    await driver.get(url);
    await driver.wait(() => driver.executeScript("return globalThis[arguments[0]] !== undefined", name), 60_000);
  };
  await open();
  return {
    /** Calls a function of that global, waits for it and gives what it gave. */
    call: (method, order) =>
      driver.executeScript("return globalThis[arguments[0]][arguments[1]](arguments[2])", name, method, order),
    open,
    driver,
    /** Goes elsewhere, so that the page is hidden. */
    leave: () => driver.get("about:blank"),
    version: async () => (await driver.getCapabilities()).get("browserVersion"),
    close,
  };
}

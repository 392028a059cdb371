// A page in a browser that Playwright does not drive, with the few of Playwright's functions that the tests here call.
// What a test puts before the page, or in place of an answer, its shop gives.
import { readFile } from "node:fs/promises";
import { openPage } from "../../e2e/faults/lib/browsers.mjs";

/** Keeps what nobody caught. */
const WATCH = `
globalThis.complaints = [];
addEventListener("error", ({ message }) => complaints.push("uncaught: " + message));
addEventListener("unhandledrejection", ({ reason }) => complaints.push("uncaught: " + reason));
`;

const matches = (pattern, path) =>
  pattern instanceof RegExp ? pattern.test(path) : path.endsWith(pattern.replace("**", ""));

/** One browser for all pages. */
export async function launchDriver(browser) {
  const { driver, close } = await openPage(browser, "about:blank", "document");
  return { driver, close };
}

/**
 * What a shop answers for a page that `prepare` has prepared, by `openShop`'s `intercept`, and the page: `open(url)` once
 * the shop is there. `script` is the file that the page runs first.
 */
export async function preparedPage({ driver }, script, prepare) {
  const before = [WATCH];
  const routes = [];
  const page = {
    addInitScript: (given) => void before.push(typeof given === "function" ? `(${given})();` : `${given};`),
    route: (pattern, handler, { times = Infinity } = {}) => void routes.unshift({ pattern, handler, left: times }),
    evaluate: (act, given) => driver.executeScript(`return (${act})(arguments[0])`, given),
    waitForFunction: (test) => driver.wait(() => driver.executeScript(`return Boolean((${test})())`), 60_000),
  };
  await prepare?.(page);
  const intercept = async (path) => {
    if (path === "/page.js") {
      return { contentType: "text/javascript", body: `${before.join("\n")}\n${await readFile(script, "utf8")}` };
    }
    const route = routes.find(({ pattern, left }) => left > 0 && matches(pattern, path));
    if (!route) return null;
    route.left -= 1;
    let answer;
    route.handler({ fulfill: (given) => (answer = given), abort: () => (answer = { abort: true }) });
    return answer;
  };
  const complaints = () => driver.executeScript("return globalThis.complaints");
  return { page, intercept, complaints, open: (url) => driver.get(url) };
}

// A real page in the system's Chromium.
import { chromium } from "@playwright/test";
import { which } from "../../../scripts/lib/run.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const PATIENCE = 60_000;

export async function launch() {
  const executablePath = process.env.CHROMIUM || NAMES.map((name) => which(name)).find((path) => path !== null);
  if (!executablePath) throw new Error("no chromium on PATH: run npm run setup, or name it in CHROMIUM");
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/** Opens a page and keeps what it complained about: errors, warnings, and what its policy forbade. */
export async function openPage(browser, url, prepare) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("console", (line) => {
    if (line.type() === "error" || line.type() === "warning") complaints.push(line.text());
  });
  await prepare?.(page);
  await page.goto(url);
  return { page, complaints, close: () => context.close() };
}

/** Waits until the button says what the session says, clicks it, and gives what it says once that has changed. */
export async function clickThrough(page) {
  const says = (text) => page.locator("#plan", { hasText: text }).waitFor();
  await says("Monthly plan");
  await page.locator("#plan").click();
  await page.locator("#plan").filter({ hasNotText: "Monthly plan" }).waitFor();
  return page.locator("#plan").textContent();
}

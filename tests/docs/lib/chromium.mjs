// The system's own Chromium, with the stand-in where Stripe.js would come from.
import { delimiter, join } from "node:path";
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";
import { build } from "esbuild";
import { root } from "./blocks.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"];

function find() {
  const folders = process.env.PATH.split(delimiter);
  const places = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return process.env.CHROMIUM ?? places.find((place) => existsSync(place));
}

export const launch = () =>
  chromium.launch({
    executablePath: find(),
    args: [...ARGUMENTS, "--disable-background-networking", "--disable-component-update"],
  });

/** Bundles a module, or text, as the browser takes it. What is imported by URL stays as it is. */
export async function bundle(input, format = "esm") {
  const { outputFiles } = await build({
    ...(typeof input === "string"
      ? { entryPoints: [input] }
      : { stdin: { contents: input.text, resolveDir: input.folder ?? root, loader: "tsx" } }),
    absWorkingDir: root,
    bundle: true,
    write: false,
    format,
    target: "es2022",
    jsx: "automatic",
    external: ["/checkout-updates/*"],
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "error",
  });
  return outputFiles[0].text;
}

const STAND_IN = `
  import { createFakeStripe } from "checkout-updates/testing";
  const stripe = createFakeStripe({ refresh: async () => (await fetch("/session")).json() });
  Object.assign(window, { Stripe: stripe.fake.Stripe, fake: stripe.fake });
`;

/** A page in a context of its own; `complaints` is what must not be there in the end. */
export async function openPage(browser) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("console", (line) => {
    if (["error", "warning"].includes(line.type())) complaints.push(line.text());
  });
  const body = await bundle({ text: STAND_IN }, "iife");
  // The network is loopback alone.
  await context.route(
    (url) => url.hostname !== "127.0.0.1",
    (route) =>
      new URL(route.request().url()).hostname === "js.stripe.com"
        ? route.fulfill({ contentType: "text/javascript", body })
        : route.abort(),
  );
  return { page, complaints, close: () => context.close() };
}

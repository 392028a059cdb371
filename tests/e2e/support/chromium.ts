import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** How the system's own Chromium is started: without a sandbox of its own, as root needs, and without calling home. */
export function chromium(): { executablePath: string; args: string[] } {
  return {
    executablePath: find(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  };
}

function find(): string {
  const named = process.env["CHROMIUM"];
  if (named) return named;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const places = [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), MAC];
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Error("no Chromium on PATH: install it (apt-get install chromium) or name it in CHROMIUM");
  return found;
}

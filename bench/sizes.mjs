// node bench/sizes.mjs [--write]: holds the built package against bench/budgets.json. An entry may be 1 % over its
// budget, so that another compiler or compressor is no failure; `--write` takes the sizes of now for budgets.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { main, root, step, Stop } from "../scripts/lib/run.mjs";

const FILE = join(root, "bench", "budgets.json");
const LEEWAY = 1.01;

const bytes = (size) => `${size.toLocaleString("en")} bytes`;

/** Throws `Stop` when an entry has outgrown its budget, and says which have shrunk. */
export async function checkSizes({ write = false } = {}) {
  const { packageSizes } = await import("./lib/sizes.mjs");
  const sizes = Object.entries(await packageSizes()).map(([name, { brotli }]) => [name, brotli]);
  const budgets = write ? Object.fromEntries(sizes) : JSON.parse(readFileSync(FILE, "utf8"));
  if (write) writeFileSync(FILE, `${JSON.stringify(budgets, null, 2)}\n`);
  for (const [name, size] of sizes) {
    const budget = budgets[name];
    const shrunk = size < budget ? `; shrunk by ${bytes(budget - size)}: node bench/sizes.mjs --write` : "";
    console.log(`  ${name}: ${bytes(size)} of ${budget === undefined ? "no budget" : bytes(budget)}${shrunk}`);
  }
  const over = sizes.filter(([name, size]) => !(size <= budgets[name] * LEEWAY)).map(([name]) => name);
  if (over.length > 0) throw new Stop(`over the budget of bench/budgets.json by more than 1 %: ${over.join(", ")}`);
}

if (process.argv[1] === import.meta.filename) {
  await main(() => step("Sizes by brotli", () => checkSizes({ write: process.argv.includes("--write") })));
}

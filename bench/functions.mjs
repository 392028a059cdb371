// node bench/functions.mjs [count]: the largest functions of the built module with their names, and its sections. The
// release drops names, so the crate is bound and optimised once more with them.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bind, compile, CRATE_FEATURES, optimise } from "../scripts/build/wasm.mjs";
import { main } from "../scripts/lib/run.mjs";
import { wasmBindgen } from "../scripts/setup/wasm-bindgen.mjs";
import { wasmToolchain } from "../scripts/setup/wasm-toolchain.mjs";

/** Reads numbers, names and sections from a module's bytes. */
class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  get done() {
    return this.at >= this.bytes.length;
  }
  byte() {
    return this.bytes[this.at++];
  }
  number() {
    let value = 0;
    for (let shift = 0, byte = 128; byte & 128; shift += 7) {
      byte = this.byte();
      value |= (byte & 127) << shift;
    }
    return value >>> 0;
  }
  take(length) {
    return this.bytes.subarray(this.at, (this.at += length));
  }
  name() {
    return this.take(this.number()).toString("utf8");
  }
}

const SECTIONS = ["custom", "types", "imports", "functions", "tables", "memory", "globals", "exports", "start"];
SECTIONS.push("elements", "code", "data", "data count");

function functionNames(section) {
  const names = new Map();
  while (!section.done) {
    const kind = section.byte();
    const part = new Reader(section.take(section.number()));
    if (kind !== 1) continue;
    for (let left = part.number(); left > 0; left--) names.set(part.number(), part.name());
  }
  return names;
}

/** Bytes of each section, and of each function by its name. */
function read(module) {
  const reader = new Reader(module);
  reader.take(8);
  const sections = {};
  const sizes = [];
  let imports = 0;
  let names = new Map();
  while (!reader.done) {
    const id = reader.byte();
    const section = new Reader(reader.take(reader.number()));
    const custom = id === 0 ? section.name() : "";
    if (custom === "name") names = functionNames(section);
    else sections[custom || SECTIONS[id]] = section.bytes.length;
    if (id === 2) imports = section.number();
    if (id === 10)
      for (let left = section.number(); left > 0; left--) sizes.push(section.take(section.number()).length);
  }
  const functions = sizes.map((size, i) => ({ size, name: names.get(imports + i) ?? `function ${i}` }));
  return { sections, functions: functions.sort((one, other) => other.size - one.size) };
}

await main(async () => {
  await compile(await wasmToolchain(), "", { features: CRATE_FEATURES });
  const out = mkdtempSync(join(tmpdir(), "checkout-functions-"));
  try {
    await bind(await wasmBindgen(), out, { names: true });
    await optimise(out, { names: true });
    const { sections, functions } = read(readFileSync(join(out, "checkout_updates.wasm")));
    for (const [name, size] of Object.entries(sections)) console.log(`${String(size).padStart(7)}  section ${name}`);
    console.log(`${String(functions.length).padStart(7)}  functions\n`);
    const crates = {};
    for (const each of functions)
      (crates[/(\w+)\[[\da-f]{16}\]/.exec(each.name)?.[1] ?? "(not Rust's)"] ??= []).push(each);
    for (const [crate, own] of Object.entries(crates)) {
      console.log(
        `${String(own.reduce((sum, { size }) => sum + size, 0)).padStart(7)}  ${crate}, ${own.length} functions`,
      );
    }
    console.log();
    let total = 0;
    for (const { size, name } of functions.slice(0, Number(process.argv[2] ?? 40))) {
      total += size;
      console.log(`${String(size).padStart(7)} ${String(total).padStart(7)}  ${name.slice(0, 150)}`);
    }
  } finally {
    rmSync(out, { recursive: true });
  }
});

// Short names between the module and its glue. wasm-bindgen's are long and hold hashes, which no compression shortens,
// and each stands in both files.

const IMPORTS = 2;
const EXPORTS = 7;
const FUNCTION = 0;

/** Reads numbers, names and sections from a module's bytes. */
export class Reader {
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

function number(value) {
  const bytes = [];
  for (let left = value; ; left >>>= 7) {
    if (left < 128) return Buffer.from([...bytes, left]);
    bytes.push((left & 127) | 128);
  }
}

const name = (text) => Buffer.concat([number(Buffer.byteLength(text)), Buffer.from(text)]);

/** "a", "b", … "z", "A", … "Z", "aa", … */
function* shortNames() {
  const letters = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  for (let before = [""]; ; before = before.flatMap((start) => letters.map((letter) => start + letter))) {
    for (const start of before) for (const letter of letters) yield start + letter;
  }
}

function shortenImports(section, renamed, methods) {
  const reader = new Reader(section);
  const short = shortNames();
  const parts = [];
  const total = reader.number();
  for (let left = total; left > 0; left--) {
    const [module, field, kind] = [reader.name(), reader.name(), reader.byte()];
    if (kind !== FUNCTION) throw new Error(`the module imports something else than a function: ${field}`);
    const brief = methods.get(field)?.method ?? short.next().value;
    // Those of wasm-bindgen's own are in the glue's one object too.
    if (module.startsWith("./")) renamed.module = module;
    if (!methods.has(field)) renamed.imports.set(field, brief);
    parts.push(name("a"), name(brief), Buffer.from([kind]), number(reader.number()));
  }
  return Buffer.concat([number(total), ...parts]);
}

function shortenExports(section, renamed) {
  const reader = new Reader(section);
  const short = shortNames();
  const parts = [];
  for (let left = reader.number(); left > 0; left--) {
    const [field, kind, index] = [reader.name(), reader.byte(), reader.number()];
    renamed.exports.set(field, short.next().value);
    parts.push(name(renamed.exports.get(field)), Buffer.from([kind]), number(index));
  }
  return Buffer.concat([number(renamed.exports.size), ...parts]);
}

/** The module with short names, and what they were; an import that is in `methods` has the name of its method. */
export function shortenModule(module, methods = new Map()) {
  const renamed = { module: "", imports: new Map(), exports: new Map() };
  const reader = new Reader(module);
  const parts = [reader.take(8)];
  while (!reader.done) {
    const id = reader.byte();
    let section = reader.take(reader.number());
    if (id === IMPORTS) section = shortenImports(section, renamed, methods);
    if (id === EXPORTS) section = shortenExports(section, renamed);
    parts.push(Buffer.from([id]), number(section.length), section);
  }
  return { bytes: Buffer.concat(parts), renamed };
}

/** The glue with the names of `shortenModule`. */
export function shortenGlue(glue, { module, imports, exports }) {
  let text = replaceOnce(glue, `"${module}": `, `"a": `);
  for (const [long, short] of imports) text = replaceOnce(text, `        ${long}: function(`, `        ${short}: function(`);
  return text.replace(/\bwasm\.(\w+)/g, (_, field) => {
    if (!exports.has(field)) throw new Error(`the glue takes what is not exported: ${field}`);
    return `wasm.${exports.get(field)}`;
  });
}

/** Replaces what must be there exactly once. */
export function replaceOnce(text, from, to) {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`wasm-bindgen's glue has changed: ${parts.length - 1} times ${from}`);
  return parts.join(to);
}

// What other scripts do to a page's own objects, one thing at a time. Each damage is done to the page that is given.
const at = (page, path) => path.split(".").reduce((object, name) => object[name], page);

/** Whose members every script can reach, and may have changed. */
const PROTOTYPES = ["Error", "Object", "Array", "Promise", "Function", "String", "Map", "EventTarget"].map(
  (name) => `${name}.prototype`,
);
/** What the package or its glue asks of the platform by name. */
const STATICS = ["Object", "Array", "Promise", "Reflect", "JSON", "Math", "Number", "String", "Date", "performance"];
const CLASSES = [
  ...["Error", "TypeError", "Map", "Set", "WeakMap", "Promise", "AbortController", "Request", "Headers", "URL"],
  ...["Uint8Array", "TextDecoder", "TextEncoder", "FinalizationRegistry", "Blob"],
];
/** A name of a page's own for what it adds, and those that records and descriptors have. */
const EXTENSIONS = [
  ...["own", "get", "set", "value", "enumerable", "writable", "kind", "type", "error", "session", "status", "ok"],
  ...["signal", "headers", "body", "method", "message", "toJSON", "then", "latest", "timeoutMs", "fetch", "cause"],
];

const members = (owner) => Reflect.ownKeys(owner).filter((name) => name !== "prototype" && name !== "length");
const say = (path, name) => `${path}${typeof name === "symbol" ? `[${name.description}]` : `.${name}`}`;

/** Puts another function in a member's place, as an assignment or a getter of a page would. */
function replace(owner, name, make) {
  const found = Reflect.getOwnPropertyDescriptor(owner, name);
  if (!found?.configurable) return;
  if (typeof found.value === "function") Object.defineProperty(owner, name, { ...found, value: make(found.value) });
  else if (found.get) Object.defineProperty(owner, name, { ...found, get: make(found.get) });
}

const thrower = () =>
  function () {
    throw new Error("another script's");
  };

/** `harmless`: the package must not notice. The others break what it needs, and it may say so. */
const KINDS = [
  {
    kind: "read-only",
    harmless: true,
    act(owner, name) {
      const found = Reflect.getOwnPropertyDescriptor(owner, name);
      if (!found?.configurable) return;
      Object.defineProperty(owner, name, { configurable: false, ...("value" in found && { writable: false }) });
    },
  },
  {
    kind: "wrapped",
    harmless: true,
    act: (owner, name) =>
      replace(owner, name, (original) => {
        const { apply, construct } = Reflect;
        function wrapped(...given) {
          return new.target ? construct(original, given, new.target) : apply(original, this, given);
        }
        wrapped.prototype = original.prototype;
        Object.setPrototypeOf(wrapped, original);
        return wrapped;
      }),
  },
  { kind: "throwing", harmless: false, act: (owner, name) => replace(owner, name, thrower) },
  { kind: "gone", harmless: false, act: (owner, name) => void Reflect.deleteProperty(owner, name) },
];

/** Every damage: its name, whether it is harmless, and what it does to a page. */
export function damages(window) {
  const all = [];
  for (const path of [...PROTOTYPES, ...STATICS]) {
    for (const name of members(at(window, path))) {
      // A class that another one is: that is the next list.
      if (name === "constructor" || name === "name" || /^\$/.test(String(name))) continue;
      for (const { kind, harmless, act } of KINDS) {
        all.push({ name: `${say(path, name)} ${kind}`, harmless, act: (page) => act(at(page, path), name) });
      }
    }
    all.push({ name: `${path} frozen`, harmless: true, act: (page) => void Object.freeze(at(page, path)) });
  }
  for (const name of CLASSES) {
    all.push({
      name: `${name} subclassed`,
      harmless: true,
      act: (page) => void (page[name] = page.subclassOf(page[name])),
    });
    all.push({ name: `${name} gone`, harmless: false, act: (page) => void Reflect.deleteProperty(page, name) });
  }
  for (const path of ["Object.prototype", "Array.prototype", "Function.prototype", "Error.prototype"]) {
    for (const name of EXTENSIONS) {
      const isTaken = Object.hasOwn(at(window, path), name);
      // A thenable, to the platform itself.
      if (isTaken || (name === "then" && path === "Object.prototype")) continue;
      const define = (descriptor) => (page) =>
        void Object.defineProperty(at(page, path), name, { configurable: true, enumerable: true, ...descriptor });
      const put = (kind, descriptor) =>
        all.push({ name: `${path}.${name} ${kind}`, harmless: true, act: define(descriptor) });
      put("added", { value: () => "another script's", writable: true });
      put("added, and read-only", { value: "another script's", writable: false });
    }
  }
  return all;
}

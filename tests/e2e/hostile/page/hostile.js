// Runs cases by their seeds under a clock that moves when told, and says what became of each.
import { createUpdates } from "/dist/index.js";
import { CASES, openerOf, SESSION } from "./cases.js";
import { randomOf } from "/support/random.js";
import { valuesOf } from "./values.js";

const names = Object.keys(CASES);
/** Longer than every limit of the package together. */
const LONG_MS = 180_000;

let report = [];
addEventListener("unhandledrejection", ({ reason }) => report.push(`unhandled: ${say(reason)}`));
addEventListener("error", ({ error, message }) => {
  // What a callback of the page threw is reported, as the contract says, also that it cannot be called; a trap or another
  // error of ours is not that.
  const isOurs =
    error instanceof TypeError &&
    /checkout|dist/.test(error.stack) &&
    !/class constructor|revoked|is not a function/i.test(message);
  if (error instanceof WebAssembly.RuntimeError || isOurs) report.push(`error: ${message} ${error.stack}`);
});

function say(value) {
  try {
    return `${value?.name ?? ""} ${value?.message ?? ""} ${value?.stack ?? String(value)}`;
  } catch {
    return "a value that cannot be read";
  }
}

function begin(seed) {
  const random = randomOf(seed);
  const name = random.pick(names);
  const found = Object.assign([], { opened: [] });
  const one = { seed, name, found, sent: 0, promises: [], ended: [] };
  try {
    const open = openerOf(found, () => (one.sent += 1));
    one.promises = CASES[name](random, valuesOf(random), open);
  } catch (error) {
    found.push(`threw: ${say(error)}`);
  }
  one.promises.forEach((promise, at) => {
    const end = (how) => (value) => void (one.ended[at] = [how, value]);
    promise.then(end("fulfilled"), end("rejected"));
  });
  return one;
}

/** What a settled promise says, by the package's own words. */
function kindOf([how, value]) {
  const error = how === "rejected" ? value : value?.error;
  return error?.kind ?? (how === "rejected" ? `rejected ${say(error)}` : "success");
}

/** Whether a promise may be rejected with this, that is no failure of an update. */
function isPages(name, error) {
  // What is no signal is a TypeError, at once; one that throws, throws.
  if (name === "arguments") return error instanceof TypeError || /^(Hostile|SecurityError)$/.test(error?.name);
  // A promise asks the value that it is given for its `then`, and rejects with what that throws (ECMA-262, 27.2.1.3.2).
  return name === "wrapped" && (error instanceof TypeError || error?.name === "Hostile");
}

function look({ name, found, promises, ended }, kinds) {
  const problems = [...found];
  promises.forEach((promise, at) => {
    if (!ended[at]) {
      // The update has; a value whose `then` differs each time it is asked may yet hold a promise up for ever.
      const isDone = name === "wrapped" && found.opened[0].metrics().endpoints.change.successes > 0;
      return isDone ? undefined : problems.push(`promise ${at} has not settled`);
    }
    let kind;
    try {
      kind = kindOf(ended[at]);
    } catch {
      kind = "success";
    }
    if (kind === "internal")
      problems.push(`internal: ${say(ended[at][1]?.error ?? ended[at][1])} ${say(ended[at][1]?.error?.cause)}`);
    if (String(kind).startsWith("rejected") && !isPages(name, ended[at][1])) problems.push(kind);
    const key = `${name} ${String(kind).split(" ")[0]}`;
    kinds[key] = (kinds[key] ?? 0) + 1;
  });
  for (const updates of found.opened) {
    if (updates.isPending()) problems.push("still pending");
    updates.dispose();
  }
  return problems;
}

/** Runs the cases `first` to `first + count - 1`. Gives how many of each end there were, and what was wrong. */
async function run({ first, count }) {
  report = [];
  const kinds = {};
  let sent = 0;
  const wrong = [];
  const cases = Array.from({ length: count }, (_, at) => begin(first + at));
  await clock.pass(LONG_MS);
  for (const one of cases) {
    sent += one.sent;
    for (const problem of look(one, kinds)) wrong.push({ seed: one.seed, name: one.name, problem });
  }
  await clock.pass(LONG_MS);
  for (const problem of report) wrong.push({ seed: `${first} to ${first + count - 1}`, name: "page", problem });
  return { kinds, sent, wrong };
}

// Loading takes real time, which this clock knows nothing of.
await createUpdates({ session: () => SESSION, endpoints: {} }).ready;
let told = null;
globalThis.hostile = {
  // Not waited for by the driver: WebKit's counts its patience by this page's clock.
  begin(cases) {
    told = null;
    void run(cases).then((result) => (told = result));
  },
  told: () => told,
};

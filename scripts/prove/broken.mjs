// Breaks the machine's rules on purpose, one at a time and in a copy, and expects the model to find each.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { capture, root, step, Stop } from "../lib/run.mjs";
import { exploring } from "./model.mjs";

/** Each rule: where it stands, what it is without it, and which promise that breaks. */
export const rules = [
  {
    name: "a waiter that lets go is told once",
    file: "src/machine.rs",
    from: "update.waiters.retain(|waiting| *waiting != waiter);",
    to: "update.waiters.retain(|waiting| *waiting != waiter || reason == Reason::Signal);",
    breaks: "each waiter is told exactly once",
  },
  {
    name: "a request is given up at the deadline",
    file: "src/update/function.rs",
    from: "        if let Stage::Sent { .. } = self.stage {\n            context.emit(Effect::Abort(self.id));\n",
    to: "        if let Stage::Sent { .. } = self.stage {\n            return;\n",
    breaks: "no function outlives its deadline by more than a turn",
  },
  {
    name: "an update waits for the one before it",
    file: "src/queue.rs",
    from: "let first = updates.iter().position(|update| !update.is_external())?;",
    to: "let first = updates.iter().position(Update::is_waiting)?;",
    breaks: "one request at a time",
  },
  {
    name: "a failed server may have made the change",
    file: "src/answer.rs",
    from: "Kind::RateLimited => Applied::No",
    to: "Kind::RateLimited | Kind::ServerError => Applied::No",
    breaks: "`applied` never contradicts the server",
  },
  {
    name: 'one attempt in doubt makes every later "no" an "unknown"',
    file: "src/update/function.rs",
    from: "if self.in_doubt && applied == Applied::No",
    to: "if false && applied == Applied::No",
    breaks: "`applied` never contradicts the server",
  },
  {
    name: "after an unknown outcome the second refresh tells",
    file: "src/staleness.rs",
    from: "const STILL_AT_WORK: f64 = 5_000.0;",
    to: "const STILL_AT_WORK: f64 = 0.0;",
    breaks: "what is not stale and not pending is what the server has",
  },
  {
    name: "who is told that nothing is pending can see that the page is stale",
    file: "src/machine.rs",
    from: "            self.doubt_detached(position, reason, context);\n",
    to: "",
    breaks: "what is not stale and not pending is what the server has",
  },
  {
    name: "a refresh that began before the doubt does not end it",
    file: "src/staleness.rs",
    from: "refresh.began = f64::NEG_INFINITY",
    to: "drop(refresh)",
    world: "one update, and one thing that the page does",
    breaks: "what is not stale and not pending is what the server has",
  },
  {
    name: "a late end of Stripe.js ends its own doubt alone",
    file: "src/machine/ending.rs",
    from: "fetching_update.filter(|_| !self.staleness.is_stale())",
    to: "fetching_update.or(self.pending_fetch.map(|fetch| fetch.update))",
    world: "two updates, a refresh that fails, and what comes late",
    breaks: "what is not stale and not pending is what the server has",
  },
  {
    name: "a silent refresh is given up",
    file: "src/staleness.rs",
    from: "        for refresh in &self.running {\n            wake_at(refresh.limit);\n        }\n",
    to: "",
    breaks: "nothing waits for ever",
  },
  {
    name: "no update starts while a payment is under way",
    file: "src/machine/paying.rs",
    from: "Payload::Wrapped if self.payments.is_paying() =>",
    to: "Payload::Wrapped if false =>",
    world: "an update and a payment",
    breaks: "no request is under way while `confirm` runs, and none starts",
  },
  {
    name: "a stale total is not paid",
    file: "src/payment/mod.rs",
    from: "} else if situation.stale || situation.refreshing {",
    to: "} else if false {",
    world: "an update and a payment",
    breaks: "`confirm` is not called while stale or pending",
  },
  {
    name: "what the customer saw is held against what is shown",
    file: "src/payment/mod.rs",
    from: "} else if *payment.shown != *shown {",
    to: "} else if false {",
    world: "an update and a payment",
    breaks: "nobody pays a total that the page has not shown",
  },
  {
    name: "what was asked for and not made is not paid",
    file: "src/payment/mod.rs",
    from: "} else if payment.failed {",
    to: "} else if false {",
    world: "an update and a payment",
    breaks: "nobody pays a total that the page has not shown",
  },
  {
    name: "a refresh follows a function of the page",
    file: "src/payment/mod.rs",
    from: "payment.follow_up |= external;",
    to: "",
    world: "a function of the page, a wallet and a payment",
    breaks: "nobody pays a total that the page has not shown",
  },
  {
    name: "a second press never confirms twice",
    file: "src/payment/mod.rs",
    from: "Some(Stage::Waiting(_) | Stage::Confirming { .. })) {\n            return",
    to: "Some(Stage::Waiting(_))) {\n            return",
    world: "an update and two payments, whatever fails",
    breaks: "`confirm` is not called twice at once",
  },
  {
    name: "the way back from the cache ends a payment",
    file: "src/machine.rs",
    from: "                self.returns(context);\n",
    to: "",
    world: "an update and a payment",
    breaks: "each payment ends with its `confirm`, or by the way back",
  },
];

const copy = join(root, "target", "broken");

/** Explores the copy: its small worlds, or the large one of this name. Gives what it wrote where a promise was broken, else `null`. */
function explore(world) {
  const env = {
    ...process.env,
    ...(world && { MODEL: world }),
    CARGO_TARGET_DIR: join(root, "target"),
    RUST_BACKTRACE: "0",
  };
  // A copy with a lock of its own, for the version below.
  const args = exploring.map((arg) => (arg === "--locked" ? "--offline" : arg));
  const options = { cwd: copy, encoding: "utf8", env, maxBuffer: 1 << 28 };
  const { status, stdout, stderr } = spawnSync("cargo", [...args, "--", "--nocapture"], options);
  if (stderr.includes("could not compile")) throw new Stop(stderr);
  return status === 0 ? null : stdout + stderr;
}

function breakRule({ name, file, from, to, breaks, world }) {
  const path = join(copy, file);
  const source = readFileSync(path, "utf8");
  if (source.split(from).length !== 2) throw new Stop(`${file} does not have this once: ${from}`);
  writeFileSync(
    path,
    source.replace(from, () => to),
  );
  const found = explore(world);
  writeFileSync(path, source);
  if (found === null) throw new Stop(`without the rule that ${name}, the model finds nothing`);
  if (!found.includes(`"${breaks}" does not hold`)) throw new Stop(`${name}: not what was expected:\n${found}`);
  const story = /does not hold:\n([\s\S]*?)\n\n/.exec(found)?.[1] ?? found;
  console.log(`\nWithout the rule that ${name}, this is found:\n${story}\n`);
}

/** Breaks each rule. */
export async function broken() {
  rmSync(copy, { recursive: true, force: true });
  for (const file of capture("git", ["-C", root, "ls-files"]).split("\n")) {
    if (!/\.rs$|^Cargo|\/Cargo\.toml$/.test(file)) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  // By another version cargo tells what it makes of the copy from what it made of the original, in the same folder.
  const manifest = join(copy, "Cargo.toml");
  writeFileSync(manifest, readFileSync(manifest, "utf8").replace(/^version = "(.+)"$/m, 'version = "$1-broken"'));
  for (const rule of rules) await step(`Break: ${rule.name}`, async () => breakRule(rule));
}

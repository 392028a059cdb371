// The tables of the guides say what the code says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CheckoutUpdateError } from "checkout-updates";
import { rules as brokenRules } from "../../scripts/prove/broken.mjs";
import { ADVICE } from "../../src/browser/error.js";
import { blocksOf, tablesOf, textOf } from "./lib/blocks.mjs";

const types = textOf("src/types.d.ts");
const union = (name) =>
  [...new RegExp(`export type ${name} =([^;]*);`).exec(types)[1].matchAll(/"(\w+)"/g)].map(([, word]) => word);

const code = (cell) => /^`([^`]+)`/.exec(cell)?.[1];
const [kinds, first, second, fields] = tablesOf("docs/failures.md");

test("a kind is in every list of kinds", () => {
  const [, rust] = /\bKind \{([^}]*)\}/.exec(textOf("src/failure.rs"));
  assert.deepEqual(
    [...rust.matchAll(/= "(\w+)"/g)].map(([, word]) => word),
    union("FailureKind"),
  );
  assert.deepEqual(Object.keys(ADVICE), union("FailureKind"));
});

test("docs/failures.md names every kind, in the order of the types", () => {
  assert.deepEqual(
    kinds.map(({ kind }) => code(kind)),
    union("FailureKind"),
  );
  for (const { kind, applied, when, ...advice } of kinds) {
    assert.match(applied, new RegExp(`^(${union("Applied").join("|")})\\b`), kind);
    for (const cell of [when, ...Object.values(advice)]) assert.match(cell, /\S/, kind);
  }
});

test("docs/failures.md has the default messages", () => {
  for (const { applied, "first sentence": whether } of first) {
    for (const { kind, "second sentence": advice } of second) {
      const { message } = new CheckoutUpdateError({ kind: code(kind), applied });
      // In doubt the first says what to do.
      const sentences = applied === "unknown" ? [whether] : [whether, advice].filter(Boolean);
      assert.equal(sentences.join(" "), message);
    }
  }
  assert.deepEqual(
    [first.map(({ applied }) => applied), second.map(({ kind }) => code(kind))],
    [union("Applied"), union("FailureKind")],
  );
});

test("docs/failures.md has every field of a failure", () => {
  const [, body] = /export interface Failure \{([^}]*)\}/.exec(types);
  const names = [...body.matchAll(/readonly (\w+):/g)].map(([, name]) => name);
  const described = ["kind", "applied", "message", ...fields.map(({ field }) => code(field))];
  assert.deepEqual(new Set(described), new Set([...names, "cause"]));
});

test("docs/failures.md has every reason for a cancellation", () => {
  const { "what it holds": cell } = fields.find(({ field }) => code(field) === "reason");
  const named = [...cell.matchAll(/`(\w+)`/g)].map(([, word]) => word);
  assert.deepEqual(
    union("CancelReason").filter((reason) => !named.includes(reason)),
    [],
  );
});

test("docs/csp.md has the sizes of the budgets", () => {
  const budgets = JSON.parse(textOf("bench/budgets.json"));
  const [, ...said] = /Compressed by brotli, the chunk is (\d+) kB; the module that it replaces is (\d+) kB/.exec(
    textOf("docs/csp.md"),
  );
  const kB = (name) => Math.round(budgets[name] / 1000);
  assert.deepEqual(said.map(Number), [kB("without wasm"), kB("wasm")]);
});

test("docs/csp.md has the policies of the demo server", () => {
  const router = textOf("server/src/router.rs").replace(/\\\n\s*/g, "");
  const policies = blocksOf("docs/csp.md").map(({ code: text }) => text.replace(/^Content-Security-Policy: |\n/g, ""));
  for (const name of ["SANDBOX_POLICY", "STRIPE_POLICY"]) {
    const [, policy] = new RegExp(`const ${name}: &str = "([^"]*)"`).exec(router.replace(/=\s+"/g, '= "'));
    assert.ok(policies.includes(policy), `${name}: ${policy}`);
  }
});

test("docs/demo-server.md names every endpoint of the demo server", () => {
  const paths = textOf("docs/demo-server.md").match(/(?<=`)\/[\w-]+(?=`)/g);
  const rust = ["change_interval", "custom_amount", "cross_sell", "quantity", "shipping", "tax"]
    .map((name) => textOf(`server/src/endpoints/${name}.rs`))
    .join("\n");
  for (const [, path] of rust.matchAll(/path: "([^"]+)"/g)) assert.ok(paths.includes(path), path);
});

/** Where each rule of an intent has to stand, and how. */
const LISTS_OF_RULES = {
  "src/api/endpoint.rs": ({ rust }) => `Rule::${rust}`,
  "src/browser/options.rs": ({ word }) => `"${word}" =>`,
  "src/browser/rules.js": ({ word }) => `\n  ${word}: [`,
  "src/exports.d.ts": ({ word }) => `readonly kind: "${word}"`,
  "js/types.ts": ({ word }) => `\`${word}\``,
  "js/rules.ts": ({ word }) => `return rule("${word}"`,
  "js/index.ts": ({ word }) => exported(word),
  "js/slim.ts": ({ word }) => exported(word),
  "server/src/endpoints/script.rs": ({ word }) => new RegExp(`import \\{[^}]*\\b${word}\\b[^}]*\\} from \\\\"`),
  "fuzz/src/rules.rs": ({ rust }) => `Rule::${rust}`,
  // Among the random ones, and then in what decides again.
  "tests/host/intent.rs": ({ rust }) => new RegExp(`Rule::${rust}\\b[^]*\\n        \\(Rule::${rust}\\b`),
  "tests/host/options.rs": ({ word }) => `"${word}" =>`,
  "tests/e2e/contract/page/rules/intents.js": ({ word }) => new RegExp(`\\b${word}\\(`),
  "docs/moving.md": ({ word }) => `\n| \`${word}(`,
};
const exported = (word) => new RegExp(`export \\{[^}]*\\b${word}\\b[^}]*\\} from "\\./rules\\.js"`);

test("a rule of intents is in every list of rules", () => {
  const [, body] = /fn kind\(&self\)[^{]*\{\s*match self \{([^}]*)\}/.exec(textOf("src/intent.rs"));
  const rules = [...body.matchAll(/Self::(\w+)[^=]*=> "(\w+)"/g)].map(([, rust, word]) => ({ rust, word }));
  assert.ok(rules.length > 5);
  const missing = Object.entries(LISTS_OF_RULES).flatMap(([path, form]) => {
    const text = textOf(path);
    const isThere = (wanted) => (typeof wanted === "string" ? text.includes(wanted) : wanted.test(text));
    return rules.filter((rule) => !isThere(form(rule))).map(({ word }) => `${word} in ${path}`);
  });
  assert.deepEqual(missing, []);
});

test("each rule that npm run prove breaks is in its file, once", () => {
  const found = brokenRules.map(({ name, file, from }) => [name, textOf(file).split(from).length - 1]);
  assert.deepEqual(
    found,
    found.map(([name]) => [name, 1]),
  );
});

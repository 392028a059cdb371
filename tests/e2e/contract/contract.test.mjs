// The contract, rule by rule, in real browsers on the built package: each rule on a page of its own.
//   node --test tests/e2e/contract/contract.test.mjs
//   CONTRACT=signal node --test …      only the rules whose name has this text
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { checkContract } from "./lib/contract.mjs";
import { KINDS } from "./page/rules/kinds.js";

test("no kind of failure is without its rule", async () => {
  const types = await readFile(new URL("../../../src/types.d.ts", import.meta.url), "utf8");
  const [, union] = /export type FailureKind =([^;]+);/.exec(types);
  const declared = [...union.matchAll(/"(\w+)"/g)].map(([, kind]) => kind);
  assert.deepEqual(KINDS.map(({ kind }) => kind).sort(), declared.sort());
});

checkContract("the contract");

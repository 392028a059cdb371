// Nothing in dist/ uses what Safari 15.0, the oldest browser of docs/bundlers.md, lacks: there it would be a blank page.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const DIST = new URL("../../dist/", import.meta.url);

/**
 * What came later, as minified code has it, by the first version of Safari that has it. Not here is what is looked for, or
 * caught, where it is used: `crypto.randomUUID`, `reportError`, `AbortSignal.timeout` and `Symbol.dispose`.
 */
const LATER: Record<string, RegExp> = {
  15.4: /\.(at|findLast|findLastIndex)\(|\b(Object\.hasOwn|structuredClone|BroadcastChannel|navigator\.locks|throwIfAborted|AbortSignal\.abort)\b|\.signal\.reason\b/,
  16.0: /\b(toSorted|toReversed|toSpliced|SharedWorker|waitAsync)\b|\.with\(/,
  16.4: /\(\?<[=!]|\bstatic\{|\b(fromAsync|(Dec|C)ompressionStream|(is|to)WellFormed|adoptedStyleSheets)\b/,
  17.0: /\b(URL\.canParse|Response\.json|AbortSignal\.any|getSetCookie|groupBy|withResolvers|checkVisibility)\b/,
  17.5: /\.(union|intersection|difference|isSubsetOf|isSupersetOf|isDisjointFrom)\(/,
  18.0: /\b(Promise\.try|Iterator\.from|RegExp\.escape|URL\.parse|Float16Array|toHex|toBase64|requestIdleCallback)\b/,
};

const files = readdirSync(DIST).filter((name) => /\.c?js$/.test(name));

test.each(files)("%s", (name) => {
  const text = readFileSync(new URL(name, DIST), "utf8");
  const found = Object.entries(LATER).flatMap(([version, pattern]) =>
    [...text.matchAll(new RegExp(pattern, "g"))].map(
      ({ index }) => `${version}: ${text.slice(index - 30, index + 30)}`,
    ),
  );
  expect(found).toEqual([]);
});

test("finds what came later", () => {
  expect(files.length).toBeGreaterThan(10);
  for (const text of ["x.at(-1)", "Object.hasOwn(a,b)", "/(?<!a)b/", "AbortSignal.any([])", "a.toSorted()"]) {
    expect(
      Object.values(LATER).some((pattern) => pattern.test(text)),
      text,
    ).toBe(true);
  }
});

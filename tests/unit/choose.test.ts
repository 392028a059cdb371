import { describe, expect, it } from "vitest";
// @ts-expect-error A script, which has no types.
import { choose as chooseUntyped } from "../../scripts/lib/choose.mjs";

interface Chosen {
  chosen: { suite: { name: string }; browsers: string[] | null }[];
  only: string | null;
}
const choose = chooseUntyped as (words: string[], suites: object[]) => Chosen;

const suites = [
  { name: "lint", title: "Lints" },
  { name: "contract", title: "Rules", browsers: ["chromium", "firefox"] },
  { name: "loading", title: "Loading", browsers: ["chromium"] },
];

/** What is chosen, by names. */
function chosen(...words: string[]) {
  const { chosen, only } = choose(words, suites);
  return { only, runs: chosen.map(({ suite, browsers }) => [suite.name, browsers]) };
}

describe("what npm test was asked for", () => {
  it("is everything, in order, where nothing is named", () => {
    expect(chosen().runs).toEqual([
      ["lint", null],
      ["contract", ["chromium", "firefox"]],
      ["loading", ["chromium"]],
    ]);
  });

  it("is what is named, in the order of a whole run", () => {
    expect(chosen("loading", "lint").runs).toEqual([
      ["lint", null],
      ["loading", ["chromium"]],
    ]);
  });

  it("is, by a browser alone, all that runs there", () => {
    expect(chosen("firefox").runs).toEqual([["contract", ["firefox"]]]);
    expect(chosen("contract", "firefox").runs).toEqual([["contract", ["firefox"]]]);
  });

  it("is one test by its name", () => {
    expect(chosen("contract", "--only", "late answer")).toEqual({
      only: "late answer",
      runs: [["contract", ["chromium", "firefox"]]],
    });
  });

  it("is refused where it is not known, with the names", () => {
    expect(() => chosen("contrakt")).toThrow(/no contrakt\n[^]*contract +Rules \[chromium, firefox\]/);
    expect(() => chosen("loading", "firefox")).toThrow("loading: not in firefox");
    expect(() => chosen("lint", "chromium")).toThrow("lint: not in chromium");
    expect(() => chosen("contract", "--only")).toThrow("--only needs the text");
    expect(() => chosen("--only", "late")).toThrow("--only needs the name of its suite");
  });
});

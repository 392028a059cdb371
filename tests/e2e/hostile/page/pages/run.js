// Tells a test what becomes of the package on each hostile page.
import { damages } from "./damage.js";
import { damaged, withLibrary } from "./judge.js";

const all = damages(window).flatMap((damage) => ["before", "after"].map((when) => ({ ...damage, when })));

globalThis.pages = {
  count: () => all.length,
  /** What was wrong on the pages of these numbers, by name. */
  async damaged({ first, count }) {
    const wrong = [];
    for (const damage of all.slice(first, first + count)) {
      for (const problem of await damaged(damage, damage.when)) {
        wrong.push(`${damage.name}, ${damage.when} the package: ${problem}`);
      }
    }
    return wrong;
  },
  withLibrary,
};

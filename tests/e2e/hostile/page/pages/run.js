// Tells a test what becomes of the package on each hostile page.
import { damages } from "./damage.js";
import { damaged, withLibrary } from "./judge.js";

const all = damages(window).flatMap((damage) =>
  ["before", "after"].map((when) => ({ ...damage, when, name: `${damage.name}, ${when} the package` })),
);

globalThis.pages = {
  /** The numbers of the damages that have this text in their names. */
  named: (text) => all.flatMap(({ name }, number) => (name.includes(text) ? [number] : [])),
  /** What was wrong on the pages of these numbers, by name. */
  async damaged(numbers) {
    const wrong = [];
    for (const number of numbers) {
      const damage = all[number];
      for (const problem of await damaged(damage, damage.when)) wrong.push(`${damage.name}: ${problem}`);
    }
    return wrong;
  },
  withLibrary,
};

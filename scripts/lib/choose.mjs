// What `npm test` was asked for: names of suites and browsers, and the text of one test.
import { Stop } from "./run.mjs";

const ONLY = "--only";
const browsersOf = (suites) => [...new Set(suites.flatMap((suite) => suite.browsers ?? []))];

/** The names, one a line, as help and errors show them. */
export function listOf(suites) {
  const width = Math.max(...suites.map(({ name }) => name.length)) + 2;
  const places = (suite) => (suite.browsers ? ` [${suite.browsers.join(", ")}]` : "");
  const lines = suites.map((suite) => `  ${suite.name.padEnd(width)}${suite.title}${places(suite)}`);
  return ["Suites, in the order of a whole run:", ...lines, `Browsers: ${browsersOf(suites).join(", ")}`].join("\n");
}

/**
 * Reads the words of the command line. Gives the suites to run in their own order, each with the browsers to run in (null
 * where it uses none), and the text that a test's name must have, or null. No name is every suite, and
 * no browser every browser; a browser alone is every suite that runs in it. Throws `Stop` for what is not known.
 */
export function choose(words, suites) {
  const browsers = browsersOf(suites);
  const rest = [...words];
  const at = rest.indexOf(ONLY);
  const only = at < 0 ? null : rest.splice(at, 2)[1];
  if (only === undefined || only === "") throw new Stop(`${ONLY} needs the text that the test's name has`);

  const wantedBrowsers = rest.filter((word) => browsers.includes(word));
  const names = rest.filter((word) => !browsers.includes(word));
  const unknown = names.filter((word) => !suites.some(({ name }) => name === word));
  if (unknown.length > 0) throw new Stop(`there is no ${unknown.join(" and no ")}\n${listOf(suites)}`);
  if (only !== null && names.length === 0) throw new Stop(`${ONLY} needs the name of its suite\n${listOf(suites)}`);

  const runsThere = (suite) => suite.browsers?.filter((browser) => wantedBrowsers.includes(browser)) ?? [];
  const chosen = suites
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .map((suite) => ({ suite, browsers: wantedBrowsers.length > 0 ? runsThere(suite) : (suite.browsers ?? null) }))
    .filter(({ browsers: places }) => places === null || places.length > 0);
  const without = names.filter((name) => !chosen.some(({ suite }) => suite.name === name));
  if (without.length > 0) throw new Stop(`${without.join(" and ")}: not in ${wantedBrowsers.join(" or ")}`);
  return { chosen, only };
}

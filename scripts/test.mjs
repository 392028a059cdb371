// npm test [-- name... browser... --only TEXT]: sets up what is needed, builds it and runs the suites that are named, or
// every one. Stops at the first that fails. `npm test -- --help` lists the names.
import { choose, listOf } from "./lib/choose.mjs";
import { report } from "./lib/run.mjs";
import { printTotals, runSideBySide } from "./lib/tests.mjs";
import { setUpAll, setUpDemo } from "./setup.mjs";
import { make, suites } from "./suites.mjs";

const HELP = `npm test                              everything
npm test -- contract                  one suite, or several
npm test -- contract firefox          in one browser
npm test -- contract --only "TEXT"    only the tests whose name has this text
`;

async function runAll({ chosen, only }) {
  const tools = await (chosen.some(({ suite }) => suite.tools) ? setUpAll() : setUpDemo());
  await make(new Set(chosen.flatMap(({ suite }) => suite.needs ?? [])));
  const runOne = ({ suite, browsers }) => suite.run({ tools, browsers: browsers ?? undefined, only });
  await runSideBySide(
    chosen.filter(({ suite }) => suite.beside),
    runOne,
  );
  for (const one of chosen.filter(({ suite }) => !suite.beside)) await runOne(one);
}

if (process.argv.includes("--help")) {
  console.log(HELP + listOf(suites));
  process.exit();
}
let began = false;
try {
  const asked = choose(process.argv.slice(2), suites);
  began = true;
  await runAll(asked);
  printTotals();
} catch (error) {
  report(error);
  if (began) printTotals({ stopped: true });
  process.exit();
}

// npm run prove [-- NAME…]: what proves more than npm test has time for. Without a name, all of it, one after the other.
import { main, Stop } from "./lib/run.mjs";
import { broken } from "./prove/broken.mjs";
import { deny } from "./prove/deny.mjs";
import { memory } from "./prove/memory.mjs";
import { model } from "./prove/model.mjs";
import { mutants } from "./prove/mutants.mjs";
import { pages } from "./prove/pages.mjs";
import { schemathesis } from "./prove/schemathesis.mjs";
import { stack } from "./prove/stack.mjs";
import { values } from "./prove/values.mjs";

/** Each proof by its name; docs/reliability.md says what each shows. */
const proofs = { model, broken, values, pages, stack, schemathesis, memory, mutants, deny };

await main(async () => {
  const names = process.argv.slice(2);
  for (const name of names) {
    if (!Object.hasOwn(proofs, name)) throw new Stop(`no proof is called ${name}: ${Object.keys(proofs).join(", ")}`);
  }
  for (const name of names.length ? names : Object.keys(proofs)) await proofs[name]();
});

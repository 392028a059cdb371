// Ruby, for the guide's example of a server in it.
import { aptInstall } from "../lib/apt.mjs";
import { Stop, which } from "../lib/run.mjs";

/** The path of a Ruby; installs Debian's where there is none. */
export async function ruby() {
  if (!which("ruby")) await aptInstall(["ruby"], "run the guide's Ruby in the tests");
  const found = which("ruby");
  if (!found) throw new Stop("ruby is needed to run the guide's Ruby in the tests");
  return found;
}

// Where things are kept outside the repository, so that a second clone need not make them again.
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** What set-up made for this user: tools and, where rustup cannot add the target, a standard library for wasm32. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "checkout-updates");

/** Programs that set-up installed, and where cargo puts what a developer installs. */
export const toolFolders = [
  join(cache, "tools", "bin"),
  join(process.env.CARGO_HOME || join(homedir(), ".cargo"), "bin"),
];

/** PATH with the folders in front of it. */
export const pathWith = (...folders) => [...folders, process.env.PATH].join(delimiter);

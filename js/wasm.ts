import { instantiate } from "../build/engine.js";
import type { Maker } from "./instance.js";

/** What makes instances of a module, by the glue that goes with it. */
export const makerOf = (module: WebAssembly.Module): Maker => ({
  instantiate(given) {
    const made = instantiate(given);
    made.initSync({ module });
    return made;
  },
});

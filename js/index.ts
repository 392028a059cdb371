import { LoadError } from "./engine.js";
import { creator } from "./updates.js";

/** See `Updates` for what it gives. Throws `TypeError`, which names the key, for whatever is wrong with the options. */
export const createUpdates = creator(() =>
  import("./inline.js").then(
    ({ compile }) => compile(),
    (cause: unknown) => {
      throw new LoadError(
        "the chunk with the module, inline-….js in dist/, was not found; serve every file of the build, each under its own name",
        { cause },
      );
    },
  ),
);

export { CheckoutUpdateError, isCheckoutUpdateError } from "./error.js";
export { endpoint, flag, identifier, integer, oneOf, text } from "./rules.js";
export { bindSwitch } from "./switch.js";
export type { FailureInit } from "./error.js";
export type { BoundSwitch, SwitchOptions } from "./switch.js";
export type * from "./types.js";

import { LoadError } from "./instance.js";
import { creator } from "./updates.js";

/** Creates the `Updates` of a page. Throws a `TypeError` that names a wrong option. */
export const createUpdates = creator(() =>
  import("./wasm-inline.js").then(
    ({ load }) => load(),
    (cause: unknown) => {
      throw new LoadError(
        "the chunk with the module, wasm-inline-….js in dist/, was not found; serve every file of the build, each under its own name",
        { cause },
      );
    },
  ),
);

export { CheckoutUpdateError, isCheckoutUpdateError } from "./error.js";
export { address, endpoint, flag, identifier, integer, oneOf, text } from "./rules.js";
export type { FailureInit } from "./error.js";
export type * from "./types.js";

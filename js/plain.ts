import { initSync } from "../build/plain/glue/checkout_updates.js";

/** Makes the engine ready. */
export const start = initSync as () => unknown;

/** The engine as plain JavaScript, a chunk of its own. */
export { glue } from "../build/plain/glue/checkout_updates.js";

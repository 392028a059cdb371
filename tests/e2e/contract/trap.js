// An entry of the test build alone: the export that makes its module trap, at the very instance that the facade uses.
import { glue } from "../../../build/glue/checkout_updates.js";

export const trap = () => glue.trap();

/** The same of the engine in plain JavaScript. */
export const plainTrap = async () => (await import("../../../js/plain.js")).glue.trap;

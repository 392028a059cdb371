// An entry of the test build alone: the export that makes its module trap, at the very instance that the facade uses.
import { current } from "../../../js/instance.js";

export const trap = () => current().trap();

/** The same of the engine in plain JavaScript. */
export const plainTrap = async () => trap;

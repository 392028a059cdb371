// An entry of the test build alone: the export that makes its module trap, at the very instance that the facade uses.
import { live } from "../../../js/engine.js";

export const trap = () => live().trap();

/** The same of the engine in plain JavaScript. */
export const plainTrap = async () => trap;

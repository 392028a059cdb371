// Lists by syntax alone: what other scripts have made of the platform's must not stop what is owed from being settled.
import { safely } from "./environment.js";

/** Does something with each, whatever becomes of the others. */
export function each<T>(list: readonly T[], act: (value: T) => void): void {
  for (let at = 0; at < list.length; at++) safely(act, list[at]!);
}

/** The same without this one. */
export function without<T>(list: readonly T[], one: T): T[] {
  const rest: T[] = [];
  for (let at = 0; at < list.length; at++) if (list[at] !== one) rest[rest.length] = list[at]!;
  return rest;
}

// What a page's objects are asked. Each answer has the type that it is asked for, so that nothing on the way into the
// module converts, and a getter or a Proxy that throws is as if the member were not there.

const { isArray } = Array;
const { keys } = Object;

/** A member, whatever it is. */
export function value(object, name) {
  try {
    return object?.[name];
  } catch {
    return undefined;
  }
}

const typed = (type) => (object, name) => {
  const member = value(object, name);
  return typeof member === type ? member : undefined;
};

export const text = typed("string");
export const number = typed("number");
export const flag = typed("boolean");

/** A member that is an object. */
export const object = (given, name) => {
  const member = value(given, name);
  return typeof member === "object" && member !== null ? member : undefined;
};

/** Whether a member is a function. */
export const hasMethod = (object, name) => typeof value(object, name) === "function";

/** Whether a member is there and says yes by JavaScript's rules. */
export const isTruthy = (object, name) => Boolean(value(object, name));

/** The names of an object's own enumerable members. */
export const keysOf = (object) => (object === undefined || object === null ? [] : keys(object));

/** A header of an answer, or of what stands in for one. */
export function headerOf(response, name) {
  try {
    const header = response.headers.get(name);
    return typeof header === "string" ? header : undefined;
  } catch {
    return undefined;
  }
}

/** What reads the body of an answer as a stream, if it has one. */
export function readerOf(response) {
  try {
    const reader = response.body.getReader();
    return typeof reader === "object" && reader !== null ? reader : undefined;
  } catch {
    return undefined;
  }
}

function asked(actions, name) {
  try {
    return actions[name]();
  } catch {
    // Of another version.
    return undefined;
  }
}

/** The session that actions report: `getSession()` (8 and later), `session()` (5.10 to 7), or the object itself. */
export function sessionOf(actions) {
  const session = asked(actions, "getSession");
  if (session !== undefined) return session;
  const before8 = asked(actions, "session");
  return before8 !== undefined ? before8 : actions;
}

/** Whether a session is open, as far as it says. */
export const isOpen = (session) => (text(value(session, "status"), "type") ?? "open") === "open";

/** What kind of JSON a value is, in the order of `Parsing::view` in response.rs. */
const SHAPES = ["object", "boolean", "number", "string", "list"];
export const shape = (json) => (json === null ? -1 : SHAPES.indexOf(isArray(json) ? "list" : typeof json));

/** The own members of an object as a list of names and values by turns; none of what is no object. */
export function members(object) {
  const names = typeof object === "object" && object !== null ? keys(object) : [];
  const list = [];
  // By syntax alone: another script may have replaced what iterates lists.
  for (let at = 0; at < names.length; at++) {
    list[list.length] = names[at];
    list[list.length] = object[names[at]];
  }
  return list;
}

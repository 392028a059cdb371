// What a rule is checked with. A failed check throws with both values in its text.
const text = (value) => {
  try {
    return typeof value === "function" ? String(value) : (JSON.stringify(value) ?? String(value));
  } catch {
    return String(value);
  }
};

const label = (message) => (message ? `${message}: ` : "");

function fail(message) {
  throw new Error(message);
}

export function ok(value, message) {
  if (!value) fail(`${label(message)}${text(value)} is not true`);
}

export function equal(actual, expected, message) {
  if (!Object.is(actual, expected)) fail(`${label(message)}${text(actual)} is not ${text(expected)}`);
}

/** Equal as JSON; the order of keys counts. */
export function same(actual, expected, message) {
  if (text(actual) !== text(expected)) fail(`${label(message)}${text(actual)} is not ${text(expected)}`);
}

export function match(actual, pattern, message) {
  if (!pattern.test(actual)) fail(`${label(message)}${text(actual)} does not match ${pattern}`);
}

/** Gives what a function threw. */
export function thrown(act, type, message) {
  try {
    act();
  } catch (error) {
    if (error instanceof type) return error;
    throw error;
  }
  return fail(`${label(message)}did not throw`);
}

/** Gives what a promise rejected with. */
export async function rejection(promise, message) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return fail(`${label(message)}did not reject`);
}

/** Whether a promise has settled by now; it is not waited for. */
export async function isSettled(promise) {
  let settled = false;
  const settle = () => (settled = true);
  promise.then(settle, settle);
  await rest();
  return settled;
}

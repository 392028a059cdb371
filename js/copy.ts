/** A getter that throws what another one has thrown. */
const throwing = (cause: unknown) => (): never => {
  throw cause;
};

/** A property as it is now. Without a prototype: what a page has added to `Object.prototype` would be part of it. */
function member(record: any, key: string, depth: number): PropertyDescriptor {
  try {
    const given = record[key];
    const value = depth > 0 && typeof given === "object" && given ? copyOf(given, depth - 1) : given;
    return { __proto__: null, value, enumerable: true } as PropertyDescriptor;
  } catch (cause) {
    return { __proto__: null, get: throwing(cause), enumerable: true } as PropertyDescriptor;
  }
}

/**
 * A record as it is now, for an instance that is not there yet. Each property is read once; one that throws is kept as one
 * that throws, so that it is judged in one place. Records inside are copied to this depth.
 */
export function copyOf(record: unknown, depth = 0): object {
  const copy = {};
  try {
    for (const key of Object.keys(Object(record))) Object.defineProperty(copy, key, member(record, key, depth));
  } catch (cause) {
    return new Proxy({}, { ownKeys: throwing(cause) });
  }
  return copy;
}

/** Whether a record has these values. */
export function has(record: object | undefined, values: object): boolean {
  return Object.entries(values).every(([key, value]) => Object.is((record as any)?.[key], value));
}

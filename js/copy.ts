/** A record whose every property throws, as reading the given one did. */
function unreadable(cause: unknown): object {
  const rethrow = (): never => {
    throw cause;
  };
  return new Proxy({}, { ownKeys: rethrow });
}

/**
 * An intent as it is now, for an engine that is not there yet. Each property is read once; one that throws is kept as one
 * that throws, so that it is judged in one place.
 */
export function copyOf(intent: unknown): object {
  const copy = {};
  try {
    for (const key of Object.keys(Object(intent))) Object.defineProperty(copy, key, member(intent, key));
  } catch (cause) {
    return unreadable(cause);
  }
  return copy;
}

/** Without a prototype: what a page has added to `Object.prototype` would be part of it. */
function member(object: any, key: string): PropertyDescriptor {
  try {
    return { __proto__: null, value: object[key], enumerable: true } as PropertyDescriptor;
  } catch (cause) {
    return {
      __proto__: null,
      get() {
        throw cause;
      },
      enumerable: true,
    } as PropertyDescriptor;
  }
}

/** Whether a record has these values. */
export function has(record: object | undefined, values: object): boolean {
  return Object.entries(values).every(([key, value]) => Object.is((record as any)?.[key], value));
}

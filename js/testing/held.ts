/** What stays silent until it is released. */
export interface Held {
  /** Resolves at the next release. */
  wait: () => Promise<void>;
  release: () => void;
}

export function createHeld(): Held {
  let waiting: (() => void)[] = [];
  return {
    wait: () => new Promise((resolve) => waiting.push(resolve)),
    release: () => {
      const released = waiting;
      waiting = [];
      for (const resolve of released) resolve();
    },
  };
}

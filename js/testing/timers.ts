/** The two timer functions, for a clock of one's own. */
export interface Timers {
  setTimeout: (callback: () => void, ms: number) => any;
  clearTimeout: (timer: any) => void;
}

/** Looks the global functions up at each call, so that a test may replace them at any time. */
export const globalTimers: Timers = {
  setTimeout: (callback, ms) => globalThis.setTimeout(callback, ms),
  clearTimeout: (timer) => globalThis.clearTimeout(timer),
};

/** Resolves after a while; at once, and without a timer, for zero. */
export function delay(timers: Timers, ms: number): Promise<void> {
  return ms > 0 ? new Promise((resolve) => timers.setTimeout(resolve, ms)) : Promise.resolve();
}

/** What the work comes to, or the name of the first limit that passes before; a limit of `null` never does. */
export async function within<T, L extends string>(
  timers: Timers,
  work: Promise<T>,
  limits: Record<L, number | null>,
): Promise<T | L> {
  const running: unknown[] = [];
  const passed = (Object.keys(limits) as L[]).map(
    (name) =>
      new Promise<L>((resolve) => {
        const ms = limits[name];
        if (ms !== null) running.push(timers.setTimeout(() => resolve(name), ms));
      }),
  );
  try {
    return await Promise.race([work, ...passed]);
  } finally {
    running.forEach(timers.clearTimeout);
  }
}

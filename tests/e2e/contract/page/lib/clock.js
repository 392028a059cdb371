// A clock that only moves when told, for a page that asks for one by "?clock". It runs before the package does.
(() => {
  const channel = new MessageChannel();
  const waiting = [];
  channel.port1.onmessage = () => waiting.shift()();
  const turn = () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      channel.port2.postMessage(null);
    });

  /** Lets the tasks and promises that are ready run. Only ever used to see that nothing more happens. */
  window.rest = async () => {
    for (let turns = 0; turns < 5; turns++) await turn();
  };

  if (!new URLSearchParams(location.search).has("clock")) return;

  const timers = new Map();
  let last = 0;
  // Whole milliseconds, so that sums of them are exact.
  let monotonic = Math.ceil(performance.now());
  let wall = Date.now();

  window.setTimeout = (callback, ms = 0, ...given) => {
    last += 1;
    timers.set(last, { due: monotonic + Math.max(0, Number(ms) || 0), run: () => callback(...given) });
    return last;
  };
  window.clearTimeout = (timer) => void timers.delete(timer);
  window.setInterval = () => {
    throw new Error("the package has no intervals");
  };
  performance.now = () => monotonic;
  Date.now = () => wall;

  function next(limit) {
    let found = null;
    for (const [id, timer] of timers)
      if (timer.due <= limit && (!found || timer.due < found.due)) found = { id, ...timer };
    return found;
  }

  window.clock = {
    /** Lets time pass, and each timer run when it is due. */
    async pass(ms) {
      const end = monotonic + ms;
      await rest();
      for (let timer = next(end); timer; timer = next(end)) {
        wall += Math.max(0, timer.due - monotonic);
        monotonic = Math.max(monotonic, timer.due);
        timers.delete(timer.id);
        try {
          timer.run();
        } catch (error) {
          reportError(error);
        }
        await rest();
      }
      wall += end - monotonic;
      monotonic = end;
    },
    /** Time passes in a frozen tab: both clocks go on, no timer runs. */
    freeze(ms) {
      monotonic += ms;
      wall += ms;
    },
    /** Time passes for a laptop that sleeps: only the wall clock goes on. */
    sleep(ms) {
      wall += ms;
    },
    /** How many timers are set. */
    timers: () => timers.size,
  };
})();

/** Numbers that follow from a seed, so that a case can be run again, here as in a page (mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0;
  /** A number from 0 to just below 1. */
  const draw = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count) => Math.floor(draw() * count);
  return { draw, below, chance: (share) => draw() < share, pick: (list) => list[below(list.length)] };
}

// Medians with their spread: the quartiles, since one slow round says nothing.

function quantile(values, share) {
  const sorted = [...values].sort((one, other) => one - other);
  const place = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - Math.floor(place));
}

/** The median, the two quartiles, the largest and how many there were. */
export function spread(values) {
  const [median, low, high, most] = [0.5, 0.25, 0.75, 1].map((share) => quantile(values, share));
  return { median, low, high, most, rounds: values.length };
}

/** The differences of two rows measured in the same rounds, and their ratios. */
export const differences = (values, than) => spread(values.map((value, i) => value - than[i]));
export const ratios = (values, to) => spread(values.map((value, i) => value / to[i]));

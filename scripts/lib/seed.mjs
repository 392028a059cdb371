// The seed of what is drawn by chance: the same again by SEED.

/** `SEED`, or one that is drawn now; a text, as environments and options hold it. */
export const seedOf = () => process.env.SEED ?? String(Math.floor(Math.random() * 2 ** 32));

/** A source of uniform numbers in [0, 1). */
export type Random = () => number;

/**
 * Makes a source of pseudo-random numbers that gives the same sequence for the same seed everywhere (sfc32 of the
 * PractRand suite: 128 bits of state, 32 of output). Not for secrets.
 */
export function seededRandom(seed: number): Random {
  let a = 0x9e3779b9;
  let b = seed | 0;
  let c = Math.floor(seed / 2 ** 32) | 0;
  let counter = 1;
  const next = (): number => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 2 ** 32;
  };
  // The first outputs still show how the state was filled.
  for (let i = 0; i < 15; i++) next();
  return next;
}

/** Gives a whole number from 0 up to, but not including, `below`. */
export function randomIndex(random: Random, below: number): number {
  return Math.floor(random() * below);
}

/** Gives a number from the standard normal distribution (Box and Muller, the cosine half). */
export function randomNormal(random: Random): number {
  // 1 - u lies in (0, 1], where the logarithm is finite.
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

// Numbers for generated inputs that are the same on every machine: JavaScript leaves the last bits of Math.sin, Math.exp
// and their like to the engine, so what is needed of them is made of additions and products here.

/** Gives the next number in [0, 1). */
export type Random = () => number;

/** Makes a generator of numbers in [0, 1) (mulberry32). */
export function randomSource(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Gives a number between two, evenly spread. */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/** Gives a number that is nearly normally distributed, with mean 0 and deviation 1. */
export function normal(random: Random): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random();
  return sum;
}

/** Gives the sine of an angle in turns (1 is the whole circle), to about 1e-9. */
export function sineOfTurns(turns: number): number {
  let x = turns - Math.round(turns);
  if (x > 0.25) x = 0.5 - x;
  if (x < -0.25) x = -0.5 - x;
  x *= 6.283185307179586;
  const y = x * x;
  let term = x;
  let sum = x;
  for (let k = 2; k <= 16; k += 2) {
    term *= -y / (k * (k + 1));
    sum += term;
  }
  return sum;
}

/** Gives the cosine of an angle in turns. */
export function cosineOfTurns(turns: number): number {
  return sineOfTurns(turns + 0.25);
}

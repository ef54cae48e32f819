import { pairedRatio, randomIndex, seededRandom } from "../stats/index.ts";
import type { Random } from "../stats/index.ts";

/** Values of two arms, block by block. */
export interface Pairs {
  readonly measured: readonly number[];
  readonly baseline: readonly number[];
}

/** How experiments are drawn from what was measured. */
export interface ResampleOptions {
  /** Blocks of an experiment. */
  readonly blocks: number;
  /** How many experiments; 1000 by default. */
  readonly rounds?: number;
  /** 0.01 by default. */
  readonly alpha?: number;
  readonly seed?: number;
}

/**
 * Says in which share of experiments, drawn from blocks in which both arms were the same, a difference is found. In
 * each pair chance says which value is whose, so that there is none to be found.
 */
export function falseDifferences(pairs: Pairs, options: ResampleOptions): number {
  return rate(pairs, options, (random) => random() < 0.5);
}

/** Says in which share of experiments, drawn from blocks in which one arm has more to do, that is found. */
export function powerOf(pairs: Pairs, options: ResampleOptions): number {
  return rate(pairs, options, () => false);
}

function rate(
  { measured, baseline }: Pairs,
  { blocks, rounds = 1000, alpha = 0.01, seed = 1 }: ResampleOptions,
  swap: (random: Random) => boolean,
): number {
  const random = seededRandom(seed);
  let found = 0;
  for (let round = 0; round < rounds; round++) {
    const [a, b]: [number[], number[]] = [[], []];
    for (let block = 0; block < blocks; block++) {
      const drawn = randomIndex(random, measured.length);
      const pair = [measured[drawn]!, baseline[drawn]!] as const;
      const [x, y] = swap(random) ? [pair[1], pair[0]] : pair;
      a.push(x);
      b.push(y);
    }
    if (pairedRatio(a, b).p < alpha) found++;
  }
  return found / rounds;
}

import { pairedRatio, randomIndex, seededRandom } from "../stats/index.ts";
import type { Random } from "../stats/index.ts";
import { shuffled } from "./blocks.ts";

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
 * each pair chance says which value is whose, so that there is none to be found. No block is drawn twice in one
 * experiment: of values that stand there twice the test knows less than it believes.
 */
export function falseDifferences({ measured, baseline }: Pairs, options: ResampleOptions): number {
  return rate(options, (random) => {
    const order = shuffled([...measured.keys()], random).slice(0, options.blocks);
    return order.map((block) => {
      const [a, b] = [measured[block]!, baseline[block]!];
      return random() < 0.5 ? [a, b] : [b, a];
    });
  });
}

/** Says in which share of experiments, drawn from blocks in which one arm has more to do, that is found. */
export function powerOf({ measured, baseline }: Pairs, options: ResampleOptions): number {
  return rate(options, (random) =>
    Array.from({ length: options.blocks }, () => {
      const block = randomIndex(random, measured.length);
      return [measured[block]!, baseline[block]!];
    }),
  );
}

function rate(
  { rounds = 1000, alpha = 0.01, seed = 1 }: ResampleOptions,
  draw: (random: Random) => readonly (readonly [number, number])[],
): number {
  const random = seededRandom(seed);
  let found = 0;
  for (let round = 0; round < rounds; round++) {
    const pairs = draw(random);
    const { p } = pairedRatio(
      pairs.map(([a]) => a),
      pairs.map(([, b]) => b),
    );
    if (p < alpha) found++;
  }
  return found / rounds;
}

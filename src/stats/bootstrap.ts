import { quantileSorted } from "./quantile.ts";
import { randomIndex, seededRandom } from "./random.ts";

/** An estimate and the interval that covers the truth in `level` of all repetitions of the experiment. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** For example 0.95. */
  readonly level: number;
}

/** How an interval is made; the defaults give a 95 % interval, the same on every run. */
export interface BootstrapOptions {
  /** 0.95 by default. */
  readonly level?: number;
  /** How often the samples are drawn anew; 2000 by default. */
  readonly resamples?: number;
  /** 1 by default: the same samples give the same interval. */
  readonly seed?: number;
}

/**
 * Gives a percentile bootstrap interval of any statistic over one or more groups of samples. Each resample draws, with
 * replacement, as many samples from every group as the group has; groups are never mixed, so that a mean over fixed
 * benchmarks carries only the noise inside each. Throws a RangeError when there is no group or a group is empty.
 */
export function bootstrap(
  groups: readonly (readonly number[])[],
  statistic: (groups: readonly (readonly number[])[]) => number,
  { level = 0.95, resamples = 2000, seed = 1 }: BootstrapOptions = {},
): Interval {
  if (groups.length === 0 || groups.some((group) => group.length === 0)) {
    throw new RangeError("no samples");
  }
  const random = seededRandom(seed);
  const redraw = (group: readonly number[]): number[] =>
    group.map((sample) => group[randomIndex(random, group.length)] ?? sample);
  const values = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) values[i] = statistic(groups.map(redraw));
  values.sort();
  return {
    estimate: statistic(groups),
    low: quantileSorted(values, (1 - level) / 2),
    high: quantileSorted(values, (1 + level) / 2),
    level,
  };
}

import type { Interval } from "./bootstrap.ts";
import { median, quantileSorted } from "./quantile.ts";
import { rankCut, rankSumChances, signedRankChances } from "./rank-chances.ts";

/** How two arms differ. */
export interface RatioEstimate extends Interval {
  /** The chance of such a difference, or a larger one, between two arms that do not differ. */
  readonly p: number;
  /** How many pairs, or the smaller number of samples, it rests on. */
  readonly samples: number;
}

/**
 * Estimates the ratio of two arms that were measured in the same blocks, a value a block and arm: the median of all
 * pairwise means of the log-ratios (Hodges and Lehmann), with the interval and the chance of Wilcoxon's signed-rank
 * test. Both are exact whatever the noise, as long as it is the same in both arms; a drift of the machine divides out.
 * With too few blocks for `level` (eight for 0.99) the interval is all that was seen, and its `level` what that covers.
 * Throws a RangeError without pairs or for values that are not above zero.
 */
export function pairedRatio(
  measured: readonly number[],
  baseline: readonly number[],
  level = 0.99,
): RatioEstimate {
  if (measured.length !== baseline.length) {
    throw new RangeError(`${measured.length} measurements, ${baseline.length} baselines`);
  }
  const logs = measured.map((value, i) => log(value) - log(baseline[i] ?? Number.NaN));
  const averages = new Float64Array((logs.length * (logs.length + 1)) / 2);
  let at = 0;
  for (const [i, x] of logs.entries()) {
    for (let j = i; j < logs.length; j++) averages[at++] = (x + logs[j]!) / 2;
  }
  averages.sort();
  const chances = signedRankChances(logs.length);
  return estimate(averages, chances, level, logs.length);
}

/**
 * Estimates the ratio of two arms that were measured apart, as at another day: the median of all log-ratios between a
 * value of one and of the other, with the interval and the chance of the test of Mann and Whitney. See `pairedRatio`.
 */
export function unpairedRatio(
  measured: readonly number[],
  baseline: readonly number[],
  level = 0.99,
): RatioEstimate {
  const [above, below] = [measured.map(log), baseline.map(log)];
  const differences = Float64Array.from(above.flatMap((x) => below.map((y) => x - y))).toSorted();
  const chances = rankSumChances(above.length, below.length);
  return estimate(differences, chances, level, Math.min(above.length, below.length));
}

/** Gives the chance that a value of `a` lies below one of `b`; equal ones count half. */
export function probabilityBelow(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) throw new RangeError("no samples");
  let wins = 0;
  for (const x of a) for (const y of b) wins += x < y ? 1 : x === y ? 0.5 : 0;
  return wins / (a.length * b.length);
}

/**
 * Gives the median with an interval between two samples, which is exact whatever the distribution. Where there are too
 * few for `level`, the interval is all that was seen, and its `level` what that covers.
 */
export function medianInterval(samples: readonly number[], level = 0.99): Interval {
  const ascending = Float64Array.from(samples).toSorted();
  const n = ascending.length;
  // Samples below the median are as many as heads among n coins.
  let [chance, below, cut] = [0.5 ** Math.min(n, 1000), 0, 0];
  let covered = 1 - 2 * chance;
  for (let k = 0; k < n / 2; k++) {
    below += chance;
    if (below > (1 - level) / 2) break;
    cut = k;
    covered = 1 - 2 * below;
    chance *= (n - k) / (k + 1);
  }
  return {
    estimate: median(samples),
    low: ascending[cut]!,
    high: ascending[n - 1 - cut]!,
    level: Math.min(level, Math.max(0, covered)),
  };
}

function estimate(
  sorted: Float64Array,
  chances: Float64Array,
  level: number,
  samples: number,
): RatioEstimate {
  const wanted = rankCut(chances, (1 - level) / 2);
  const cut = Math.max(1, wanted);
  const from = sorted.findIndex((value) => value >= 0);
  const negative = from < 0 ? sorted.length : from;
  const zero = sorted.filter((value) => value === 0).length;
  const rarer = Math.min(negative, sorted.length - negative - zero) + zero / 2;
  return {
    estimate: Math.exp(quantileSorted(sorted, 0.5)),
    low: Math.exp(sorted[cut - 1]!),
    high: Math.exp(sorted[sorted.length - cut]!),
    level: wanted > 0 ? level : Math.max(0, 1 - 2 * (chances[0] ?? 1)),
    p: Math.min(1, 2 * (chances[Math.floor(rarer)] ?? 1)),
    samples,
  };
}

function log(value: number): number {
  if (!(value > 0)) throw new RangeError(`a measurement is above zero, found ${value}`);
  return Math.log(value);
}

import { bootstrap } from "./bootstrap.ts";
import type { BootstrapOptions, Interval } from "./bootstrap.ts";
import { geometricMean } from "./mean.ts";
import { median } from "./quantile.ts";

/**
 * Divides each measurement by the one it was paired with. Pairs that were taken one after the other share the machine's
 * mood of that moment, which divides out. Throws a RangeError for unequal lengths or values that are not above zero.
 */
export function pairRatios(measured: readonly number[], baseline: readonly number[]): number[] {
  if (measured.length !== baseline.length) {
    throw new RangeError(`${measured.length} measurements, ${baseline.length} baselines`);
  }
  return measured.map((value, i) => {
    const base = baseline[i];
    if (base === undefined || !(value > 0) || !(base > 0)) {
      throw new RangeError(`a measurement is above zero, found ${value} and ${base}`);
    }
    return value / base;
  });
}

/**
 * Estimates a ratio as the median of the pairs' ratios, with its bootstrap interval. Take ten pairs or more: the interval
 * lies within the ratios seen, and of five pairs even their whole range covers the true median in 94 % only.
 */
export function medianRatio(
  measured: readonly number[],
  baseline: readonly number[],
  options?: BootstrapOptions,
): Interval {
  return bootstrap([pairRatios(measured, baseline)], ([ratios = []]) => median(ratios), options);
}

/**
 * Estimates the geometric mean of several benchmarks' median ratios. The benchmarks are taken as given: the interval
 * says how sure the mean over *these* is, not over all programs.
 */
export function geometricMeanRatio(
  ratios: readonly (readonly number[])[],
  options?: BootstrapOptions,
): Interval {
  return bootstrap(ratios, (groups) => geometricMean(groups.map(median)), options);
}

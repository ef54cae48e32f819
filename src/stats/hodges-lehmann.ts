import type { Interval } from "./bootstrap.ts";
import { median } from "./quantile.ts";

/**
 * Estimates the centre of a symmetric distribution as the median of all pairwise means (Hodges and Lehmann 1963). It
 * bears outliers nearly as well as the median does, and needs a third fewer samples where the noise is normal.
 */
export function hodgesLehmann(samples: readonly number[]): number {
  return median(walshAverages(samples));
}

/** Estimates by how much `a` lies above `b`: the median of all differences between a sample of one and of the other. */
export function hodgesLehmannShift(a: readonly number[], b: readonly number[]): number {
  return median(a.flatMap((x) => b.map((y) => x - y)));
}

/**
 * Gives the centre with the interval that belongs to Wilcoxon's signed-rank test. Its coverage is exact for any symmetric
 * distribution and never below `level`; with few samples it can be the whole line (for 95 % fewer than six).
 */
export function hodgesLehmannInterval(samples: readonly number[], level = 0.95): Interval {
  const averages = Float64Array.from(walshAverages(samples)).toSorted();
  const cut = signedRankCut(samples.length, (1 - level) / 2);
  return {
    estimate: hodgesLehmann(samples),
    low: averages[cut - 1] ?? Number.NEGATIVE_INFINITY,
    high: averages[averages.length - cut] ?? Number.POSITIVE_INFINITY,
    level,
  };
}

function walshAverages(samples: readonly number[]): number[] {
  return samples.flatMap((x, i) => samples.slice(i).map((y) => (x + y) / 2));
}

/**
 * Gives the largest k with P(W < k) <= tail, where W is the signed-rank sum of n samples: the k-th smallest and k-th
 * largest of the pairwise means bound the interval. 0 when even the smallest sum is too likely.
 */
function signedRankCut(n: number, tail: number): number {
  const largest = (n * (n + 1)) / 2;
  // The chance of each rank sum: rank r is in the sum or not, with equal chances.
  let chances = new Float64Array(largest + 1);
  chances[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    const next = new Float64Array(largest + 1);
    for (let sum = 0; sum <= largest; sum++) {
      next[sum] = ((chances[sum] ?? 0) + (chances[sum - rank] ?? 0)) / 2;
    }
    chances = next;
  }
  let below = 0;
  for (let k = 0; k <= largest; k++) {
    below += chances[k] ?? 0;
    if (below > tail) return k;
  }
  return largest;
}

import type { Interval } from "./bootstrap.ts";
import { median, quantileSorted } from "./quantile.ts";

/**
 * Estimates the exponent with which a value grows with a size: 1 is in proportion, 2 its square. It is the median of
 * the slopes between all pairs of points on logarithmic scales (Theil and Sen), with the interval that follows from how
 * often slopes are out of order by chance (Kendall), exact whatever the noise. With few sizes the interval is all that
 * was seen, and its `level` what that covers: 0.67 with three, 0.92 with four, 0.98 with five. Values at the same size
 * are replaced by their median; what is not above zero is left out. Undefined with fewer than two sizes.
 */
export function growthExponent(
  points: readonly (readonly [size: number, value: number])[],
  level = 0.95,
): Interval | undefined {
  const logs = bySize(points).map(([size, value]) => [Math.log(size), Math.log(value)] as const);
  if (logs.length < 2) return undefined;
  const slopes = Float64Array.from(
    logs.flatMap(([x, y], i) => logs.slice(i + 1).map(([x2, y2]) => (y2 - y) / (x2 - x))),
  ).toSorted();
  const { cut, covers } = kendallCut(logs.length, level);
  return {
    estimate: quantileSorted(slopes, 0.5),
    low: slopes[cut]!,
    high: slopes[slopes.length - 1 - cut]!,
    level: covers,
  };
}

function bySize(points: readonly (readonly [number, number])[]): [number, number][] {
  const values = new Map<number, number[]>();
  for (const [size, value] of points) {
    if (size > 0 && value > 0) values.set(size, [...(values.get(size) ?? []), value]);
  }
  return [...values]
    .map(([size, all]): [number, number] => [size, median(all)])
    .toSorted(([a], [b]) => a - b);
}

/**
 * Finds how many slopes may be cut off at each end: as many as stay out of order, among so many points in random order,
 * with less than half of what `level` leaves.
 */
function kendallCut(points: number, level: number): { cut: number; covers: number } {
  const chances = inversionChances(points);
  let below = 0;
  let cut = 0;
  let covers = Math.max(0, 1 - 2 * chances[0]!);
  for (let k = 0; k < Math.floor(chances.length / 2); k++) {
    below += chances[k]!;
    if (1 - 2 * below < level) break;
    cut = k;
    covers = 1 - 2 * below;
  }
  return { cut, covers };
}

/** Gives the chance of each number of pairs that are out of order in a random permutation. */
function inversionChances(points: number): number[] {
  let chances = [1];
  for (let n = 2; n <= points; n++) {
    const next = Array.from({ length: chances.length + n - 1 }, () => 0);
    for (const [k, chance] of chances.entries()) {
      for (let more = 0; more < n; more++) next[k + more]! += chance / n;
    }
    chances = next;
  }
  return chances;
}

import type { Interval } from "../../stats/index.ts";
import { estimate, medians } from "./matrix.ts";
import type { Matrix, Medians } from "./matrix.ts";

/** Where the curves of two arms over the size cross. */
export interface Crossover {
  /** The arm that is faster below, and the one that is faster above. */
  readonly below: string;
  readonly above: string;
  /** The size of equal times; both ends are infinite when fewer than 95 % of the draws have such a crossing. */
  readonly size: Interval;
  /** Time at the crossing, in the unit of the values. */
  readonly value: number;
}

/** A size with what was measured there. */
export interface SizePoint {
  readonly size: number;
  readonly matrix: Matrix;
}

interface Crossing {
  readonly size: number;
  readonly value: number;
  /** Whether the first arm is the faster one below. */
  readonly firstBelow: boolean;
}

/**
 * Finds where curves cross: between neighbouring sizes both are taken as straight on a log-log scale, so that a power
 * law of the size is met exactly. Intervals come from drawing each size's blocks anew.
 */
export function crossovers(points: readonly SizePoint[], arms: readonly string[]): Crossover[] {
  return arms.flatMap((first, at) =>
    arms.slice(at + 1).flatMap((second) => crossoversOf(points, first, second)),
  );
}

function crossoversOf(all: readonly SizePoint[], first: string, second: string): Crossover[] {
  const points = all
    .filter(({ matrix: { arms } }) => arms.includes(first) && arms.includes(second))
    .toSorted((a, b) => a.size - b.size);
  const sizes = points.map(({ size }) => size);
  const matrices = points.map(({ matrix }) => matrix);
  const found = crossings(
    sizes,
    matrices.map((matrix) => medians(matrix)),
    first,
    second,
  );
  return found.map(({ size, value, firstBelow }) => {
    const nearest = (drawn: readonly Medians[]): number =>
      nearestTo(
        size,
        crossings(sizes, drawn, first, second).filter((x) => x.firstBelow === firstBelow),
      );
    const [below, above] = firstBelow ? [first, second] : [second, first];
    return { below, above, value, size: estimate(matrices, nearest) };
  });
}

/** Lists the crossings of two arms from the smallest size up. */
function crossings(
  sizes: readonly number[],
  points: readonly Medians[],
  first: string,
  second: string,
): Crossing[] {
  const logs = (arm: string): number[] => points.map((point) => Math.log(point.get(arm)!));
  const [ofFirst, ofSecond] = [logs(first), logs(second)];
  const found: Crossing[] = [];
  for (let at = 0; at + 1 < sizes.length; at++) {
    const here = ofFirst[at]! - ofSecond[at]!;
    const next = ofFirst[at + 1]! - ofSecond[at + 1]!;
    if (!(here < 0 ? next >= 0 : here > 0 && next <= 0)) continue;
    const share = here / (here - next);
    const between = (a: number, b: number): number => Math.exp(a + share * (b - a));
    found.push({
      size: between(Math.log(sizes[at]!), Math.log(sizes[at + 1]!)),
      value: between(ofFirst[at]!, ofFirst[at + 1]!),
      firstBelow: here < 0,
    });
  }
  return found;
}

function nearestTo(size: number, found: readonly Crossing[]): number {
  let best = NaN;
  for (const { size: other } of found) {
    const distance = Math.abs(Math.log(other / size));
    if (Number.isNaN(best) || distance < Math.abs(Math.log(best / size))) best = other;
  }
  return best;
}

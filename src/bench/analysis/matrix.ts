import { normalCdf, studentQuantile } from "../../stats/normal.ts";
import {
  geometricMean,
  median,
  quantileSorted,
  randomIndex,
  seededRandom,
} from "../../stats/index.ts";
import type { Interval } from "../../stats/index.ts";
import type { Blocks } from "./samples.ts";

/**
 * Measurements of several arms at one point (a kernel, a size), block by block. Only blocks in which every arm has a
 * value take part: arms of one block ran one after the other in random order and share the machine's mood.
 */
export interface Matrix {
  readonly arms: readonly string[];
  /** What all arms of a block have in common: the geometric mean of their values. */
  readonly moods: readonly number[];
  /** By arm, then by block: the value divided by the block's mood. */
  readonly shares: readonly (readonly number[])[];
}

/** By arm, what was measured at a point: a median. */
export type Medians = ReadonlyMap<string, number>;

/** Joins what arms have into a matrix of their common blocks. */
export function matrixOf(arms: ReadonlyMap<string, Blocks>): Matrix {
  const names = [...arms.keys()];
  const columns = [...arms.values()];
  const common = [...(columns[0]?.keys() ?? [])].filter((block) =>
    columns.every((column) => (column.get(block) ?? 0) > 0),
  );
  const moods = common.map((block) => geometricMean(columns.map((column) => column.get(block)!)));
  const shares = columns.map((column) =>
    common.map((block, at) => column.get(block)! / moods[at]!),
  );
  return { arms: names, moods, shares };
}

/** Gives each arm's median, with what the blocks' moods have in common taken out before and put back behind. */
export function medians(matrix: Matrix, drawn?: readonly number[]): Medians {
  const pick = (values: readonly number[]): readonly number[] =>
    drawn === undefined ? values : drawn.map((at) => values[at]!);
  const mood = median(pick(matrix.moods));
  return new Map(matrix.arms.map((arm, at) => [arm, median(pick(matrix.shares[at]!)) * mood]));
}

/** How often blocks are drawn anew. */
const RESAMPLES = 2000;
const LEVEL = 0.95;

/**
 * Gives statistics of the medians at several points, each with a bootstrap interval: the blocks of each point are drawn
 * anew, all arms of a block together. NaN means that there is no value in that draw; more than a share of `1 - level`
 * of such draws makes both ends of the interval infinite. Throws a RangeError for points without blocks.
 */
export function estimates(
  matrices: readonly Matrix[],
  statistics: (points: readonly Medians[]) => readonly number[],
  resamples: number = RESAMPLES,
): Interval[] {
  if (matrices.some(({ moods }) => moods.length === 0)) throw new RangeError("no common blocks");
  const random = seededRandom(1);
  const drawn = Array.from({ length: resamples }, () =>
    statistics(matrices.map((matrix) => medians(matrix, redraw(matrix, random)))),
  );
  return statistics(matrices.map((matrix) => medians(matrix))).map((estimated, at) => ({
    estimate: estimated,
    ...ends(
      drawn.map((values) => values[at] ?? NaN),
      matrices,
    ),
    level: LEVEL,
  }));
}

/** Gives one statistic of the medians at several points with its interval, as `estimates` does. */
export function estimate(
  matrices: readonly Matrix[],
  statistic: (points: readonly Medians[]) => number,
  resamples?: number,
): Interval {
  return estimates(matrices, (points) => [statistic(points)], resamples)[0]!;
}

function redraw({ moods }: Matrix, random: () => number): number[] {
  return moods.map(() => randomIndex(random, moods.length));
}

/**
 * The ends of a percentile interval over draws of which some may have no value. Resamples of few blocks spread too
 * little, so percentiles are moved outwards as Student's t is from the normal distribution (Hesterberg 2015).
 */
function ends(
  drawn: readonly number[],
  matrices: readonly Matrix[],
): { low: number; high: number } {
  const known = Float64Array.from(drawn.filter((value) => !Number.isNaN(value))).toSorted();
  if (known.length < LEVEL * drawn.length) return { low: -Infinity, high: Infinity };
  const freedom = matrices.reduce((sum, { moods }) => sum + moods.length - 1, 0);
  const fewest = Math.min(...matrices.map(({ moods }) => moods.length));
  const wide =
    Math.sqrt(fewest / Math.max(1, fewest - 1)) *
    studentQuantile((1 + LEVEL) / 2, Math.max(1, freedom));
  const at = (z: number): number => quantileSorted(known, normalCdf(z));
  return { low: at(-wide), high: at(wide) };
}

/** Gives the ratio of two arms at a point; NaN where one of them is missing. */
export function ratio(point: Medians, over: string, under: string): number {
  return (point.get(over) ?? NaN) / (point.get(under) ?? NaN);
}

/** Gives the geometric mean over points of the ratio of two arms. */
export function meanRatio(points: readonly Medians[], over: string, under: string): number {
  return geometricMean(points.map((point) => ratio(point, over, under)));
}

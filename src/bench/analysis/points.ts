import { matrixOf } from "./matrix.ts";
import type { Matrix } from "./matrix.ts";
import type { Blocks, Quantity, Samples } from "./samples.ts";

/** Blocks that an arm needs at a point to be compared there: an interval of fewer says nothing. */
export const MIN_BLOCKS = 5;

/** The arms that were measured often enough at a point. */
export interface Point {
  readonly module: string;
  readonly size: string;
  readonly matrix: Matrix;
}

/** Joins what the arms have at each module and size; points without two arms are left out. */
export function pointsOf(
  samples: Samples,
  arms: readonly string[],
  loads: readonly Pick<Quantity, "module" | "size">[],
  what: Pick<Quantity, "level" | "metric" | "by">,
  fewest: number = MIN_BLOCKS,
): Point[] {
  return loads.flatMap(({ module, size }) => {
    const measured = new Map<string, Blocks>();
    for (const arm of arms) {
      const blocks = samples.blocks(arm, { module, size, ...what });
      if (blocks.size >= fewest) measured.set(arm, blocks);
    }
    const matrix = matrixOf(measured);
    return matrix.moods.length >= fewest ? [{ module, size, matrix }] : [];
  });
}

/** Keeps the points at which all of these arms were measured. */
export function pointsWith(points: readonly Point[], ...arms: readonly string[]): Point[] {
  return points.filter(({ matrix }) => arms.every((arm) => matrix.arms.includes(arm)));
}

/** The module of a point without its group, as in `gemm` for `polybench-gemm`. */
export function shortName({ module }: { readonly module: string }): string {
  return module.replace(/^(?:polybench|edge)-/, "");
}

import { median } from "../stats/index.ts";
import { mainMetric } from "./metrics.ts";
import { mostSteal } from "./noise.ts";
import type { BenchRecord } from "./record.ts";

/** Which values to take out of records. */
export interface Selector {
  readonly level: BenchRecord["level"];
  readonly metric?: string;
  readonly by?: string;
}

/**
 * Gives the value of each block of an arm: the median of the iterations in its process. Iterations of one process are
 * not samples of their own, so comparisons take these.
 */
export function blockValues(
  records: readonly BenchRecord[],
  arm: string,
  { level, metric = mainMetric[level], by = "wall" }: Selector,
): Map<number, number> {
  const values = new Map<number, number[]>();
  for (const record of records) {
    if (record.arm !== arm || record.level !== level) continue;
    if (record.metric !== metric || (by !== "*" && record.by !== by)) continue;
    const list = values.get(record.block) ?? [];
    list.push(record.value);
    values.set(record.block, list);
  }
  return new Map([...values].map(([block, list]) => [block, median(list)]));
}

/** Gives the values of two arms in the blocks that have both. */
export function pairsOf(
  measured: ReadonlyMap<number, number>,
  baseline: ReadonlyMap<number, number>,
): { readonly measured: number[]; readonly baseline: number[] } {
  const common = [...measured.keys()].filter((block) => baseline.has(block));
  return {
    measured: common.map((block) => measured.get(block)!),
    baseline: common.map((block) => baseline.get(block)!),
  };
}

/** Blocks that other guests of the physical machine disturbed, and what is left without them. */
export interface Cleaned {
  readonly records: readonly BenchRecord[];
  readonly disturbed: number;
  /** Whether the disturbed blocks are left out: not where they are most of all. */
  readonly leftOut: boolean;
}

/** Leaves disturbed blocks out, which were measured again; records of one run and task. */
export function cleaned(records: readonly BenchRecord[]): Cleaned {
  const blocks = new Map<number, number>();
  for (const { block, steal = 0 } of records) blocks.set(block, steal);
  const disturbed = [...blocks.values()].filter((steal) => steal > mostSteal).length;
  const leftOut = disturbed > 0 && disturbed * 2 <= blocks.size;
  return {
    records: leftOut ? records.filter(({ steal = 0 }) => steal <= mostSteal) : records,
    disturbed,
    leftOut,
  };
}

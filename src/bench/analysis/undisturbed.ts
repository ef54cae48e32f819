import { mostSteal } from "../noise.ts";
import type { BenchRecord } from "../record.ts";

/**
 * Leaves out blocks in which other guests of the physical machine took much of the time; they were measured again. Not
 * where they are most of a module's blocks: then there is nothing better.
 */
export function undisturbed(records: readonly BenchRecord[]): BenchRecord[] {
  const runs = new Map<string, Map<number, boolean>>();
  const keyOf = ({ run, module, size }: BenchRecord): string => JSON.stringify([run, module, size]);
  for (const record of records) {
    const blocks = runs.get(keyOf(record)) ?? new Map<number, boolean>();
    runs.set(keyOf(record), blocks);
    blocks.set(record.block, isDisturbed(record));
  }
  const cleanable = new Set(
    [...runs].filter(([, blocks]) => countTrue(blocks) * 2 <= blocks.size).map(([key]) => key),
  );
  return records.filter((record) => !isDisturbed(record) || !cleanable.has(keyOf(record)));
}

const isDisturbed = ({ steal = 0 }: BenchRecord): boolean => steal > mostSteal;

function countTrue(blocks: ReadonlyMap<number, boolean>): number {
  return [...blocks.values()].filter(Boolean).length;
}

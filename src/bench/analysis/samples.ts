import { median } from "../../stats/index.ts";
import type { BenchRecord } from "../record.ts";

/** What tells the measurements of one quantity apart. */
export interface Quantity {
  readonly module: string;
  readonly size: string;
  readonly level: BenchRecord["level"];
  readonly metric: string;
  readonly by: string;
}

/** An arm with what it is, as records name it. */
export interface Arm {
  readonly arm: string;
  readonly runtime: string;
  readonly version: string;
  readonly tier: string;
  readonly family: string;
}

/** One quantity of one arm: a value for each block, the median where a block has several. */
export type Blocks = ReadonlyMap<string, number>;

/** Records grouped for questions about them. */
export class Samples {
  readonly #cells: ReadonlyMap<string, Map<string, number[]>>;
  /** All arms that were timed, in the order in which they were named. */
  readonly arms: readonly Arm[];
  readonly records: readonly BenchRecord[];

  constructor(records: readonly BenchRecord[]) {
    const cells = new Map<string, Map<string, number[]>>();
    const arms = new Map<string, Arm & { readonly index: number }>();
    for (const record of records) {
      const { arm, armIndex: index = 0, runtime, version, tier, family, unit } = record;
      if (unit === "ns" && !arms.has(arm)) {
        arms.set(arm, { index, arm, runtime, version, tier, family });
      }
      const cell = getOrAdd(cells, keyOf(arm, record), () => new Map<string, number[]>());
      // Blocks of two commands' runs are different blocks.
      getOrAdd(cell, `${record.run}#${record.block}`, () => []).push(record.value);
    }
    this.#cells = cells;
    this.arms = [...arms.values()].toSorted((a, b) => a.index - b.index);
    this.records = records;
  }

  /** Gives the values of an arm by block; empty where there is none. */
  blocks(arm: string, quantity: Quantity): Blocks {
    const cell = this.#cells.get(keyOf(arm, quantity));
    return new Map([...(cell ?? [])].map(([block, values]) => [block, median(values)]));
  }
}

function keyOf(arm: string, { module, size, level, metric, by }: Quantity): string {
  return JSON.stringify([arm, module, size, level, metric, by]);
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

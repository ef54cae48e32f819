import type { Machine } from "./bench-machine.ts";
import type { Tier } from "./bench-child.ts";
import type { Mode } from "./bench-transforms.ts";
import type { Group } from "../src/bench/workloads.ts";

/**
 * One measured number with its circumstances. What is fixed for a whole file (the machine, the runtime) stands on every
 * record again when it is read back; on disk the machine is named by its index.
 */
export interface BenchRecord {
  readonly workload: string;
  readonly group: Group;
  /** The mode that was measured, or with which this plain run was paired; for other tools their name. */
  readonly mode: Mode | "wasm-opt" | "wasm-tools";
  readonly variant: "plain" | "instrumented" | "rewriter";
  readonly runtime: string;
  readonly version: string;
  readonly tier: Tier | "none";
  /** `load`: read, compile, instantiate. `run`: `_start`. `rewrite`: the first in a process. `rewrite-warm`: later ones. */
  readonly phase: "load" | "run" | "rewrite" | "rewrite-warm" | "size";
  readonly event: "cpu-time" | "wall-time" | "peak-memory" | "file-size" | "code-size" | "failure";
  readonly unit: "us" | "bytes" | "message";
  readonly value: number | string;
  readonly iteration: number;
}

/** Everything one run of the benchmark has found. */
export interface BenchFile {
  readonly machine: Machine;
  readonly records: readonly BenchRecord[];
}

/** Writes the file with one record a line, so that two runs can be compared by `diff` and read by any JSON reader. */
export function formatBenchFile({ machine, records }: BenchFile): string {
  const lines = records.map((record) => JSON.stringify(record));
  return `{"machine":${JSON.stringify(machine)},"records":[\n${lines.join(",\n")}\n]}\n`;
}

/** Gives the numbers of the records that have all these properties, by iteration. */
export function valuesOf(records: readonly BenchRecord[], wanted: Partial<BenchRecord>): number[] {
  return selectRecords(records, wanted)
    .toSorted((a, b) => a.iteration - b.iteration)
    .map((record) => Number(record.value));
}

/** Gives the records that have all these properties. */
export function selectRecords(
  records: readonly BenchRecord[],
  wanted: Partial<BenchRecord>,
): BenchRecord[] {
  const properties = new Map<string, unknown>(Object.entries(wanted));
  const fits = (record: BenchRecord): boolean =>
    Object.entries(record).every(
      ([key, value]) => !properties.has(key) || properties.get(key) === value,
    );
  return records.filter(fits);
}

/**
 * Puts a newer measurement over an older one: what both have measured (a workload in a mode and tier) is the newer's.
 * So a long measurement can be taken in parts.
 */
export function mergeRecords(
  older: readonly BenchRecord[],
  newer: readonly BenchRecord[],
): BenchRecord[] {
  const key = ({ workload, mode, tier, variant }: BenchRecord): string =>
    JSON.stringify([workload, mode, tier, variant === "rewriter"]);
  const replaced = new Set(newer.map(key));
  return [...older.filter((record) => !replaced.has(key(record))), ...newer];
}

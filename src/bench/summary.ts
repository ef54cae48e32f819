import {
  hierarchicalRatio,
  holm,
  markOutliers,
  median,
  medianInterval,
  pairedRatio,
  probabilityBelow,
} from "../stats/index.ts";
import type { Interval, RatioEstimate } from "../stats/index.ts";
import { aboveTimerFloor } from "./blocks.ts";
import { metrics } from "./metrics.ts";
import type { BenchRecord, FailureRecord } from "./record.ts";
import { blockValues, cleaned, pairsOf } from "./select.ts";

/** How an arm compares with the first one, by one clock. */
export interface Comparison extends RatioEstimate {
  /** `p`, corrected for all comparisons of the run (Holm). */
  readonly correctedP: number;
  /** The chance that a block's value of this arm lies below one of the first arm. */
  readonly below: number;
  /** The ratio of geometric means, which spikes move, with its bootstrap interval. */
  readonly geometricMean: Interval | undefined;
}

/** What was measured of one arm at one level. */
export interface ArmSummary {
  readonly arm: string;
  readonly family: string;
  /** Processes with a value. */
  readonly blocks: number;
  /** Nanoseconds of wall time, per run or call; undefined where there is no value. */
  readonly wall: Interval | undefined;
  /** Median of the processor time in nanoseconds. */
  readonly cpuNs: number | undefined;
  /** Undefined for the first arm, and where a sample is too short for the clock. */
  readonly ratio: Comparison | undefined;
  readonly cpuRatio: RatioEstimate | undefined;
  /** Blocks that lie far from the others; they are in all figures. */
  readonly outliers: number;
  /** Medians, in the order in which a run has them. */
  readonly phases: readonly { readonly metric: string; readonly medianNs: number }[];
  /** Medians of sizes in bytes. */
  readonly others: readonly {
    readonly metric: string;
    readonly by: string;
    readonly median: number;
  }[];
  readonly failures: readonly {
    readonly failed: FailureRecord["failed"];
    readonly message: string;
    readonly count: number;
  }[];
}

/** What was measured of a module at one size and level: a table. */
export interface Summary {
  readonly run: string;
  readonly module: string;
  readonly size: string;
  readonly level: BenchRecord["level"];
  readonly arms: readonly ArmSummary[];
  /** Counts of the module and of arms, which are the same at each run, or nearly. */
  readonly counts: readonly {
    readonly arm: string;
    readonly metric: string;
    readonly by: string;
    readonly value: number;
  }[];
  readonly disturbed: number;
  readonly leftOut: boolean;
  /** The most that was seen at the start of a block. */
  readonly load: number | undefined;
}

/** How to make intervals. */
export interface SummaryOptions {
  /** By module and size where looks were many; 0.99 for others. */
  readonly confidence?: (module: string, size: string) => number;
  readonly resolutionNs?: number;
}

/** A line of records that tables are made of. */
export type Line = BenchRecord | FailureRecord;

/** Summarises records of any runs: a table for each run, module, size and level, in the order of the records. */
export function summarise(lines: readonly Line[], options: SummaryOptions = {}): Summary[] {
  const tables = [...grouped(lines).values()].map((group) => tableOf(group, options));
  const p = tables.flatMap(({ arms }) => arms.flatMap(({ ratio }) => (ratio ? [ratio.p] : [])));
  const corrected = holm(p).values();
  return tables.map((table) => ({
    ...table,
    arms: table.arms.map((arm) => {
      if (arm.ratio === undefined) return arm;
      return { ...arm, ratio: { ...arm.ratio, correctedP: corrected.next().value! } };
    }),
  }));
}

function grouped(lines: readonly Line[]): Map<string, Line[]> {
  const groups = new Map<string, Line[]>();
  const order = { cold: 0, warm: 1, hot: 2 };
  for (const line of lines.toSorted((a, b) => order[a.level] - order[b.level])) {
    const key = JSON.stringify([line.run, line.module, line.size, line.level]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [line]);
    else group.push(line);
  }
  // Levels of one module stand together.
  const place = new Map<string, number>();
  for (const { run, module, size } of lines) {
    const key = JSON.stringify([run, module, size]);
    if (!place.has(key)) place.set(key, place.size);
  }
  const at = ([{ run, module, size } = lines[0]!]: readonly Line[]): number =>
    place.get(JSON.stringify([run, module, size])) ?? 0;
  return new Map([...groups].toSorted(([, a], [, b]) => at(a) - at(b)));
}

function tableOf(lines: readonly Line[], options: SummaryOptions): Summary {
  const { run, module, size, level } = lines[0]!;
  const failures = lines.filter((line) => line.schema === "wasmscope-bench-failure-1");
  const { records, disturbed, leftOut } = cleaned(
    lines.filter((line) => line.schema === "wasmscope-bench-1"),
  );
  const loads = records.flatMap(({ load }) => (load === undefined ? [] : [load]));
  const confidence = options.confidence?.(module, size) ?? 0.99;
  const arms = armsOf(lines.filter(({ armIndex = 0 }) => armIndex >= 0));
  const context: Context = {
    level,
    records,
    failures,
    confidence,
    first: arms[0] ?? "",
    resolutionNs: options.resolutionNs ?? 0,
  };
  return {
    run,
    module,
    size,
    level,
    arms: arms.map((arm) => armSummary(arm, context)),
    counts: records
      .filter(({ unit }) => unit === "count")
      .map(({ arm, metric, by, value }) => ({ arm, metric, by, value })),
    disturbed,
    leftOut,
    load: loads.length === 0 ? undefined : Math.max(...loads),
  };
}

/** The arms in the order in which they were named: shuffles do not tell it, the arms' own numbers do. */
function armsOf(lines: readonly Line[]): string[] {
  const order = new Map<string, number>();
  for (const { arm, armIndex = 0 } of lines) if (!order.has(arm)) order.set(arm, armIndex);
  return [...order].toSorted(([, a], [, b]) => a - b).map(([arm]) => arm);
}

interface Context {
  readonly level: BenchRecord["level"];
  readonly records: readonly BenchRecord[];
  readonly failures: readonly FailureRecord[];
  readonly confidence: number;
  readonly first: string;
  readonly resolutionNs: number;
}

function armSummary(arm: string, context: Context): ArmSummary {
  const { level, records, failures, confidence } = context;
  const own = records.filter((record) => record.arm === arm);
  const wall = blockValues(own, arm, { level });
  const cpu = blockValues(own, arm, { level, by: "cpu" });
  const values = [...wall.values()];
  return {
    arm,
    family: own[0]?.family ?? failures.find((record) => record.arm === arm)?.family ?? "",
    blocks: wall.size,
    wall: wall.size === 0 ? undefined : medianInterval(values, confidence),
    cpuNs: cpu.size === 0 ? undefined : median([...cpu.values()]),
    ratio: arm === context.first ? undefined : compare(arm, wall, context),
    cpuRatio: arm === context.first ? undefined : cpuRatio(cpu, context),
    outliers: markOutliers(values.map(Math.log)).filter(Boolean).length,
    phases: phasesOf(own, arm, level),
    others: othersOf(own),
    failures: failuresOf(failures.filter((record) => record.arm === arm)),
  };
}

function compare(
  arm: string,
  wall: ReadonlyMap<number, number>,
  { first, level, records, confidence, resolutionNs }: Context,
): Comparison | undefined {
  const pairs = pairsOf(wall, blockValues(records, first, { level }));
  const { measured, baseline } = pairs;
  if (measured.length === 0) return undefined;
  const calls = records.find((record) => record.arm === arm && record.calls)?.calls ?? 1;
  const least = Math.min(...measured, ...baseline);
  if (!aboveTimerFloor(least, calls, resolutionNs)) return undefined;
  const single = (values: readonly number[]): number[][] => values.map((value) => [value]);
  return {
    ...pairedRatio(measured, baseline, confidence),
    correctedP: Number.NaN,
    below: probabilityBelow(measured, baseline),
    geometricMean:
      measured.length < 2
        ? undefined
        : hierarchicalRatio(single(measured), single(baseline), { level: confidence }),
  };
}

/** Compares processor times, which clocks of processes count in steps that may be as long as the whole. */
function cpuRatio(
  cpu: ReadonlyMap<number, number>,
  { first, level, records, confidence }: Context,
): RatioEstimate | undefined {
  const pairs = pairsOf(cpu, blockValues(records, first, { level, by: "cpu" }));
  const all = [...pairs.measured, ...pairs.baseline];
  if (all.length === 0 || Math.min(...all) <= 0) return undefined;
  return pairedRatio(pairs.measured, pairs.baseline, confidence);
}

function phasesOf(
  own: readonly BenchRecord[],
  arm: string,
  level: BenchRecord["level"],
): ArmSummary["phases"] {
  const names = new Set(
    own.filter(({ unit, by }) => unit === "ns" && by === "wall").map(({ metric }) => metric),
  );
  const place = (metric: string): number => metrics.findIndex(({ name }) => name === metric);
  return [...names]
    .toSorted((a, b) => place(a) - place(b))
    .map((metric) => ({
      metric,
      medianNs: median([...blockValues(own, arm, { level, metric }).values()]),
    }));
}

function othersOf(own: readonly BenchRecord[]): ArmSummary["others"] {
  const values = new Map<string, { metric: string; by: string; values: number[] }>();
  for (const { metric, by, unit, value } of own) {
    if (unit !== "bytes") continue;
    const entry = values.get(`${metric} ${by}`) ?? { metric, by, values: [] };
    entry.values.push(value);
    values.set(`${metric} ${by}`, entry);
  }
  return [...values.values()].map(({ metric, by, values: all }) => ({
    metric,
    by,
    median: median(all),
  }));
}

function failuresOf(failures: readonly FailureRecord[]): ArmSummary["failures"] {
  const counts = new Map<
    string,
    { failed: FailureRecord["failed"]; message: string; count: number }
  >();
  for (const { failed, message } of failures) {
    const known = counts.get(`${failed} ${message}`) ?? { failed, message, count: 0 };
    known.count++;
    counts.set(`${failed} ${message}`, known);
  }
  return [...counts.values()];
}

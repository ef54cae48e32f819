import { holm, unpairedRatio } from "../stats/index.ts";
import type { RatioEstimate } from "../stats/index.ts";
import { mainMetric } from "./metrics.ts";
import type { RecordLine } from "./read-records.ts";
import type { BenchRecord } from "./record.ts";
import { blockValues, cleaned } from "./select.ts";

/** What became of one figure between two files of records. */
export interface Change {
  readonly arm: string;
  readonly module: string;
  readonly size: string;
  readonly level: BenchRecord["level"];
  readonly metric: string;
  readonly by: string;
  /** Medians. */
  readonly before: number;
  readonly after: number;
  /** After to before; counts are exact, so theirs has no interval. */
  readonly ratio: number;
  readonly interval: RatioEstimate | undefined;
  /** Corrected for all times that are compared (Holm). */
  readonly correctedP: number | undefined;
  readonly verdict: "slower" | "faster" | "same" | "uncertain";
}

/** Two files of records, compared. */
export interface RecordsChange {
  readonly changes: readonly Change[];
  /** In one of the files only. */
  readonly missing: readonly string[];
  /** Whether the files come from machines that differ: then times are not compared. */
  readonly otherMachine: boolean;
}

/** When a change counts. */
export interface CompareOptions {
  /** 0.05: five percent more. */
  readonly limit: number;
  /** Compares times even if they come from different machines. */
  readonly anyMachine?: boolean;
  readonly confidence?: number;
  /** Which clock's times; `wall` by default. */
  readonly by?: "wall" | "cpu";
}

/**
 * Compares counts exactly, and times with intervals: a time is slower when it is so by more than the limit, and when
 * the chance of such a difference by noise, all comparisons considered, is below one in a hundred. What would be over
 * the limit but may be noise is uncertain.
 */
export function compareFiles(
  before: readonly RecordLine[],
  after: readonly RecordLine[],
  options: CompareOptions,
): RecordsChange {
  const [old, now] = [before, after].map((lines) => figuresOf(lines, options.by)) as [
    Figures,
    Figures,
  ];
  const otherMachine = !sameMachines(before, after);
  const common = [...now].filter(([key]) => old.has(key));
  const raw = common.flatMap(([key, figure]) => {
    if (figure.unit === "ns" && otherMachine && options.anyMachine !== true) return [];
    return [rawChange(old.get(key)!, figure, options)];
  });
  const timed = raw.filter(({ interval }) => interval !== undefined);
  const corrected = holm(timed.map(({ interval }) => interval!.p));
  const chances = new Map(timed.map((change, nth) => [change, corrected[nth]!]));
  return {
    changes: raw.map((change) => judged(change, chances.get(change), options)),
    missing: [...old.keys(), ...now.keys()].filter((key) => old.has(key) !== now.has(key)),
    otherMachine,
  };
}

interface Figure extends Pick<
  BenchRecord,
  "arm" | "module" | "size" | "level" | "metric" | "by" | "unit"
> {
  readonly values: readonly number[];
}

type Figures = Map<string, Figure>;

/** Gathers what is compared: counts and main times, by what a user calls them. */
function figuresOf(lines: readonly RecordLine[], by: "wall" | "cpu" = "wall"): Figures {
  const groups = new Map<string, BenchRecord[]>();
  for (const line of lines) {
    if (line.schema !== "wasmscope-bench-1") continue;
    const isTime = line.unit === "ns";
    if (isTime && (line.metric !== mainMetric[line.level] || line.by !== by)) continue;
    if (line.unit === "bytes" || varies(line)) continue;
    // Versions are what may have changed.
    const arm = line.arm.replace(`@${line.version}`, "");
    const names = [arm, line.module, line.size, line.level, line.metric, line.by, ...partOf(line)];
    const key = names.join(" ");
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return new Map([...groups].map(([key, records]) => [key, figureOf(records)]));
}

/** What differs from run to run of the same program: switches of threads, and what other threads did. */
function varies({ metric, by, func, thread }: BenchRecord): boolean {
  const isWasi = ["ebpf", "word", "timed"].includes(by);
  return isWasi && (func === undefined || thread !== undefined || !exactly.includes(metric));
}

const exactly = ["calls", "syscalls", "bytes", "errno"];

/** The function, and the system call, that a count is of. */
function partOf({ func, syscall }: BenchRecord): string[] {
  return [func, syscall].filter((name) => name !== undefined);
}

function figureOf(records: readonly BenchRecord[]): Figure {
  const { arm, module, size, level, metric, by, unit } = records[0]!;
  const runs = new Set(records.map(({ run }) => run));
  // Blocks of several runs in one file have the same numbers.
  const values = [...runs].flatMap((run) => {
    const own = cleaned(records.filter((record) => record.run === run)).records;
    return [...blockValues(own, own[0]?.arm ?? arm, { level, metric, by }).values()];
  });
  const title = [metric, ...partOf(records[0]!)].join(" ");
  return { arm, module, size, level, metric: title, by, unit, values };
}

type RawChange = Omit<Change, "verdict" | "correctedP">;

function rawChange(
  before: Figure,
  after: Figure,
  { confidence = 0.99 }: CompareOptions,
): RawChange {
  const { arm, module, size, level, metric, by } = after;
  const [old, now] = [middle(before.values), middle(after.values)];
  const interval =
    after.unit === "ns" ? unpairedRatio(after.values, before.values, confidence) : undefined;
  const names = { arm, module, size, level, metric, by };
  return { ...names, before: old, after: now, ratio: interval?.estimate ?? now / old, interval };
}

function judged(change: RawChange, p: number | undefined, options: CompareOptions): Change {
  const { limit, confidence = 0.99 } = options;
  const over = change.ratio > 1 + limit;
  const under = change.ratio < 1 / (1 + limit);
  const sure = p === undefined || p < 1 - confidence;
  const verdict = !over && !under ? "same" : !sure ? "uncertain" : over ? "slower" : "faster";
  return { ...change, correctedP: p, verdict };
}

function middle(values: readonly number[]): number {
  const ascending = values.toSorted((a, b) => a - b);
  return ascending[Math.floor((ascending.length - 1) / 2)]!;
}

function sameMachines(before: readonly RecordLine[], after: readonly RecordLine[]): boolean {
  const machines = (lines: readonly RecordLine[]): string =>
    [...new Set(lines.map(({ machine }) => machine))].toSorted().join(" ");
  return machines(before) === machines(after);
}

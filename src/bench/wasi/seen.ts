import { median } from "../../stats/index.ts";
import type { BenchRecord } from "../record.ts";
import { functionMetrics } from "./records.ts";

/** A system call in records: medians over runs. */
export interface SeenSyscall {
  readonly name: string;
  readonly count: number;
  readonly timeNs: number;
  readonly byHelper: boolean;
}

/** A WASI function in records: medians over runs; what was not seen is absent. */
export interface SeenFunction {
  readonly name: string;
  readonly figures: ReadonlyMap<string, number>;
  readonly syscalls: readonly SeenSyscall[];
}

/** What an arm did at a load, over all runs of it. */
export interface SeenRun {
  readonly arm: string;
  readonly module: string;
  readonly size: string;
  readonly way: string;
  readonly blocks: number;
  /** Medians of the times by their metric (`startup`, `wasi` and so on); empty where the run was not seen to its end. */
  readonly times: ReadonlyMap<string, number>;
  readonly functions: readonly SeenFunction[];
}

const ways: readonly string[] = ["ebpf", "word", "timed"];

/** Tells whether a record is of a run whose WASI was watched. */
export function isWasi({ by }: Pick<BenchRecord, "by">): boolean {
  return ways.includes(by);
}

/** Gathers what records say of WASI: one entry for each arm at each load, in the order of the records. */
export function seenRuns(records: readonly BenchRecord[]): SeenRun[] {
  const groups = groupBy(records.filter(isWasi), ({ arm, module, size, by }) =>
    JSON.stringify([arm, module, size, by]),
  );
  return groups.map((own) => {
    const { arm, module, size, by } = own[0]!;
    const blocks = new Set(own.map(({ run, block }) => `${run}#${block}`)).size;
    const whole = own.filter(({ func, syscall }) => func === undefined && syscall === undefined);
    const inside = own.filter(({ func }) => func !== undefined);
    return {
      arm,
      module,
      size,
      way: by,
      blocks,
      times: mediansBy(whole),
      functions: groupBy(inside, ({ func }) => func!).map(seenFunction),
    };
  });
}

/** Gives a figure of a function for one call; undefined where it was not seen. */
export function perCall({ figures }: SeenFunction, metric: string): number | undefined {
  const [value, calls] = [figures.get(metric), figures.get("calls")];
  return value === undefined || calls === undefined || calls === 0 ? undefined : value / calls;
}

/** The time that a function is judged by: without what looking costs, where that is known. */
export function bestTime(seen: SeenFunction): number | undefined {
  return seen.figures.get("corrected-time") ?? seen.figures.get("time");
}

/** How many system calls a function made in one call, on its own thread. */
export function syscallsPerCall({ figures, syscalls }: SeenFunction): number | undefined {
  const calls = figures.get("calls");
  if (calls === undefined || calls === 0) return undefined;
  const own = syscalls.filter(({ byHelper }) => !byHelper);
  return own.reduce((sum, { count }) => sum + count, 0) / calls;
}

function seenFunction(records: readonly BenchRecord[]): SeenFunction {
  const known = new Set(functionMetrics.map(([metric]) => metric));
  const figures = records.filter(
    ({ metric, syscall }) => syscall === undefined && known.has(metric),
  );
  const inside = records.filter(({ syscall }) => syscall !== undefined);
  const syscalls = groupBy(inside, ({ syscall, thread = "" }) => `${thread} ${syscall!}`);
  return {
    name: records[0]!.func!,
    figures: mediansBy(figures),
    syscalls: syscalls.map((own) => {
      const values = mediansBy(own);
      return {
        name: own[0]!.syscall!,
        count: values.get("syscalls") ?? 0,
        timeNs: values.get("syscall-time") ?? 0,
        byHelper: own[0]!.thread === "helper",
      };
    }),
  };
}

function mediansBy(records: readonly BenchRecord[]): Map<string, number> {
  const groups = groupBy(records, ({ metric }) => metric);
  return new Map(groups.map((own) => [own[0]!.metric, median(own.map(({ value }) => value))]));
}

function groupBy(
  records: readonly BenchRecord[],
  keyOf: (record: BenchRecord) => string,
): BenchRecord[][] {
  const groups = new Map<string, BenchRecord[]>();
  for (const record of records) {
    const key = keyOf(record);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [record]);
    else group.push(record);
  }
  return [...groups.values()];
}

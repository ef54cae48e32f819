import { median } from "../../stats/index.ts";
import type { BenchRecord } from "../record.ts";

/** How many calls in a row the paper compares with one. */
const CALLS = 50;

/** Phases that get a module ready, paid once: "start-up". */
const startPhases: ReadonlySet<string> = new Set(["read", "compile", "load-artefact"]);

/** Phases of a run in a loaded module, which every call pays: "execution" in the paper. */
const callPhases: ReadonlySet<string> = new Set(["instantiate", "first-call", "teardown"]);

/**
 * Splits cold runs into what the paper shows, one record of each for every block: `startup`, `execution` and
 * `engine-total`, and where the same process went on with warm runs, `execution-50` and `engine-total-50`: the first
 * call and 49 times the mean of the others. The start of the process is left out: some engines are libraries that are
 * called from a process in another language, whose start would count as theirs. Of arms without an engine host the
 * steps of preparing are the start-up, and further calls run what they made in processes of their own.
 */
export function splitRecords(records: readonly BenchRecord[]): BenchRecord[] {
  const blocks = new Map<string, BenchRecord[]>();
  for (const record of records) {
    if (record.unit !== "ns" || record.by !== "wall" || record.level === "hot") continue;
    const { run, arm, module, size, block } = record;
    const key = JSON.stringify([run, arm, module, size, block]);
    const list = blocks.get(key) ?? [];
    blocks.set(key, list);
    list.push(record);
  }
  return withLongRuns([...blocks.values()].flatMap(splitBlock));
}

/** About as long as the paper's shorter runs are. */
const LONG_NS = 10e9;

/**
 * Adds `long-run`: the time of a run of about ten seconds, which is the start-up and the execution so often as that
 * needs. Kernels of a few milliseconds in the paper's place would be all start-up; with the same factor for all arms
 * of a module this compares them where the paper did.
 */
function withLongRuns(records: readonly BenchRecord[]): BenchRecord[] {
  const keyOf = ({ module, size }: BenchRecord): string => JSON.stringify([module, size]);
  const executions = new Map<string, number[]>();
  for (const record of records) {
    if (record.metric !== "execution") continue;
    executions.set(keyOf(record), [...(executions.get(keyOf(record)) ?? []), record.value]);
  }
  const startups = records.filter(({ metric }) => metric === "startup");
  const calls = records.filter(({ metric }) => metric === "execution");
  const long = startups.map((record, at) => {
    const times = Math.max(1, LONG_NS / median(executions.get(keyOf(record))!));
    return { ...record, metric: "long-run", value: record.value + times * calls[at]!.value };
  });
  return [...records, ...long];
}

/** What a block has of an arm. */
interface Split {
  readonly startup: number;
  readonly first: number;
  /** Each further call. */
  readonly further?: number;
}

function splitBlock(records: readonly BenchRecord[]): BenchRecord[] {
  const split = hosted(records) ?? ownProcess(records);
  if (split === undefined) return [];
  const { startup, first, further } = split;
  const fifty = further === undefined ? undefined : first + (CALLS - 1) * further;
  const values: Readonly<Record<string, number>> = {
    startup,
    execution: first,
    "engine-total": startup + first,
    ...(fifty === undefined ? {} : { "execution-50": fifty, "engine-total-50": startup + fifty }),
  };
  return Object.entries(values).map(([metric, value]) => ({
    ...records[0]!,
    level: "cold" as const,
    iteration: 0,
    metric,
    value,
  }));
}

function hosted(records: readonly BenchRecord[]): Split | undefined {
  const of = (level: string, names: ReadonlySet<string>): BenchRecord[] =>
    records.filter((record) => record.level === level && names.has(record.metric));
  const first = sum(of("cold", callPhases));
  if (first === 0) return undefined;
  const startup = sum(of("cold", startPhases));
  const warm = of("warm", new Set(["total"]));
  if (warm.length === 0) return { startup, first };
  const runs = warm.reduce((count, { calls = 1 }) => count + calls, 0);
  const all = warm.reduce((total, { value, calls = 1 }) => total + value * calls, 0);
  return { startup, first, further: all / runs };
}

function ownProcess(records: readonly BenchRecord[]): Split | undefined {
  const cold = records.filter(({ level }) => level === "cold");
  const total = cold.find(({ metric }) => metric === "total")?.value;
  if (total === undefined) return undefined;
  const prepared = sum(cold.filter(({ metric }) => metric.startsWith("prepare-")));
  // What was made ahead is no part of the total.
  const startup = prepared > 0 && prepared < total ? prepared : 0;
  const first = total - startup;
  return { startup, first, ...(startup === 0 ? {} : { further: first }) };
}

function sum(records: readonly BenchRecord[]): number {
  return records.reduce((total, { value }) => total + value, 0);
}

import type { BenchRecord } from "../record.ts";

/** Phases that are paid once: the process, the engine, and getting the module compiled ("start-up" in the paper). */
export const startPhases: ReadonlySet<string> = new Set([
  "process-start",
  "engine-start",
  "read",
  "translate",
  "compile",
  "store",
  "load",
]);

/** Phases that every call pays ("execution"): a fresh instance, its run and its end. */
export const callPhases: ReadonlySet<string> = new Set([
  "instantiate",
  "first-call",
  "steady-call",
  "teardown",
]);

/** How many calls in a row the paper compares with one. */
export const CALLS = 50;

/**
 * Adds up phases of warm runs into what the paper shows: `startup`, `execution-1`, `total-1`, `execution-50` and
 * `total-50`, one record of each for every process that ran all of its calls.
 */
export function splitRecords(records: readonly BenchRecord[]): BenchRecord[] {
  return [...groupProcesses(records).values()].flatMap(splitProcess);
}

function groupProcesses(records: readonly BenchRecord[]): Map<string, BenchRecord[]> {
  const processes = new Map<string, BenchRecord[]>();
  for (const record of records) {
    if (record.level !== "warm" || record.unit !== "ns" || record.by !== "wall") continue;
    const { run, arm, module, size, block, process } = record;
    const key = JSON.stringify([run, arm, module, size, block, process]);
    const list = processes.get(key) ?? [];
    processes.set(key, list);
    list.push(record);
  }
  return processes;
}

function splitProcess(records: readonly BenchRecord[]): BenchRecord[] {
  const calls = records.filter(({ metric }) => callPhases.has(metric));
  const iterations = new Set(calls.map(({ iteration }) => iteration));
  if (iterations.size < CALLS) return [];
  const startup = sum(records.filter(({ metric }) => startPhases.has(metric)));
  const one = sum(calls.filter(({ iteration }) => iteration === 0));
  const fifty = sum(calls.filter(({ iteration }) => iteration < CALLS));
  const values = {
    startup,
    "execution-1": one,
    "total-1": startup + one,
    "execution-50": fifty,
    "total-50": startup + fifty,
  };
  const [first] = records;
  return Object.entries(values).map(([metric, value]) => ({
    ...first!,
    iteration: 0,
    metric,
    value,
  }));
}

function sum(records: readonly BenchRecord[]): number {
  return records.reduce((total, { value }) => total + value, 0);
}

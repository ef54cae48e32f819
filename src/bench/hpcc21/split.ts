import type { BenchRecord } from "../record.ts";

/** How many calls in a row the paper compares with one. */
export const CALLS = 50;

/** Phases of a run in a loaded module, which every call pays: "execution" in the paper. */
const callPhases: ReadonlySet<string> = new Set(["instantiate", "first-call", "teardown"]);

/**
 * Splits runs into what the paper shows, one record of each for every block: `startup`, `execution-1`, `total-1`,
 * `execution-50` and `total-50`. One call is a run of the runtime's own command, and its execution what an engine host
 * has for the same run: a host's own start would count its programming language as well. The other 49 calls are the
 * mean of the host's warm runs. Where there is no host, the steps of preparing are the start-up, and every further call
 * runs what they made in a process of its own.
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
  return [...blocks.values()].flatMap(splitBlock);
}

function splitBlock(records: readonly BenchRecord[]): BenchRecord[] {
  const cold = records.filter(({ level }) => level === "cold");
  const command = cold.find(({ metric }) => metric === "total");
  const calls = callsOf(cold, records, command);
  if (command === undefined || calls === undefined) return [];
  const { first, further } = calls;
  const startup = Math.max(1, command.value - first);
  const fifty = first + (CALLS - 1) * further;
  const values = {
    startup,
    "execution-1": first,
    "total-1": startup + first,
    "execution-50": fifty,
    "total-50": startup + fifty,
  };
  return Object.entries(values).map(([metric, value]) => ({
    ...command,
    level: "warm" as const,
    metric,
    value,
  }));
}

/** What the first call and each further one take. */
function callsOf(
  cold: readonly BenchRecord[],
  records: readonly BenchRecord[],
  command: BenchRecord | undefined,
): { first: number; further: number } | undefined {
  const warm = records.filter(({ level, metric }) => level === "warm" && metric === "total");
  const hosted = sum(cold.filter(({ metric }) => callPhases.has(metric)));
  if (hosted > 0 && warm.length > 0) {
    const runs = warm.reduce((count, { calls = 1 }) => count + calls, 0);
    const all = warm.reduce((total, { value, calls = 1 }) => total + value * calls, 0);
    return { first: hosted, further: all / runs };
  }
  const prepared = sum(cold.filter(({ metric }) => metric.startsWith("prepare-")));
  const own = command === undefined ? 0 : command.value - prepared;
  return hosted === 0 && prepared > 0 && own > 0 ? { first: own, further: own } : undefined;
}

function sum(records: readonly BenchRecord[]): number {
  return records.reduce((total, { value }) => total + value, 0);
}

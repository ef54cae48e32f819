import { findArms, runBench, tasksOf } from "../../src/bench/index.ts";
import type {
  Arm,
  BenchOptions,
  BenchRecord,
  BenchRun,
  FailureRecord,
  Task,
} from "../../src/bench/index.ts";
import { runtimes } from "../../src/runtimes/index.ts";
import type { LaunchedBy, Runtime } from "../../src/runtimes/index.ts";

/** What a run of a test gave. */
export interface TestRun extends BenchRun {
  readonly records: readonly BenchRecord[];
  readonly failures: readonly FailureRecord[];
}

/** Measures with limits and blocks that tests can bear. */
export async function bench(
  options: Pick<BenchOptions, "arms" | "tasks"> & Partial<BenchOptions>,
): Promise<TestRun> {
  const records: BenchRecord[] = [];
  const failures: FailureRecord[] = [];
  const run = await runBench({
    levels: ["cold", "warm"],
    limits: { timeoutMs: 120_000 },
    repetitions: 2,
    budgetMs: 1,
    precision: 0.02,
    seed: 1,
    onRecord(record) {
      if (record.schema === "wasmscope-bench-1") records.push(record);
      if (record.schema === "wasmscope-bench-failure-1") failures.push(record);
    },
    ...options,
  });
  return { ...run, records, failures };
}

/** A workload at its smallest. */
export function workload(name: string): Task {
  return tasksOf(name, { size: "mini", args: [], env: {}, dirs: [] })[0]!;
}

/** Arms by their selectors. */
export async function armsOf(...selectors: string[]): Promise<Arm[]> {
  return (await findArms(selectors, runtimes)).arms;
}

/** A runtime that is a program of Node's, given as text, both as a command and as a host. */
export function scripted(name: string, script: string): Arm {
  const launched: LaunchedBy = { file: process.execPath, args: ["-e", script] };
  const runtime: Runtime = {
    name,
    title: name,
    family: "none",
    tiers: [{ name: "only", title: "only", kind: "interpreter" }],
    find: () => Promise.resolve({ found: true, version: "1", path: "" }),
    command: () => launched,
    host: () => launched,
  };
  return {
    label: name,
    runtime,
    found: { found: true, version: "1", path: "" },
    tier: runtime.tiers[0]!,
  };
}

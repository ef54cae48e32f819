import { geometricMeanRatio, pairRatios } from "../src/stats/index.ts";
import type { Interval } from "../src/stats/index.ts";
import type { Tier } from "./bench-child.ts";
import { valuesOf } from "./bench-records.ts";
import type { BenchRecord } from "./bench-records.ts";
import type { Mode } from "./bench-transforms.ts";
import type { Group } from "../src/bench/workloads.ts";

/** `run` compares `_start`; `start` compares reading, compiling, instantiating and `_start` together. */
export type Span = "run" | "start";

/** The groups that the geometric mean is over. */
export const meanGroups: readonly Group[] = ["coremark", "kernel", "real"];

/** A workload shorter than this says more about V8's compiler threads than about the instrumented code. */
export const shortestUs = 50_000;

/** Gives CPU microseconds of one side of the pairs, by iteration. */
function cpuTimes(
  records: readonly BenchRecord[],
  at: Pick<BenchRecord, "workload" | "mode" | "tier" | "variant">,
  span: Span,
): number[] {
  const run = valuesOf(records, { ...at, phase: "run", event: "cpu-time" });
  if (span === "run") return run;
  const load = valuesOf(records, { ...at, phase: "load", event: "cpu-time" });
  return run.map((us, i) => us + (load[i] ?? Number.NaN));
}

/** Estimates how many times slower a workload is in a mode; nothing when there are no runs or one of them failed. */
export function slowdown(
  records: readonly BenchRecord[],
  workload: string,
  mode: Mode,
  tier: Tier,
  span: Span,
): Interval | undefined {
  const ratios = ratiosOf(records, workload, mode, tier, span);
  return ratios.length === 0 ? undefined : geometricMeanRatio([ratios]);
}

/** Estimates the geometric mean over the workloads of `groups`, with the number of workloads; nothing without any. */
export function meanSlowdown(
  records: readonly BenchRecord[],
  mode: Mode,
  tier: Tier,
  span: Span,
  groups: readonly Group[],
): { readonly interval: Interval; readonly workloads: number } | undefined {
  const ratios = workloadsOf(records)
    .filter(({ group }) => groups.includes(group))
    .filter(({ workload }) => plainUs(records, workload, tier, "run") >= shortestUs)
    .map(({ workload }) => ratiosOf(records, workload, mode, tier, span))
    .filter((values) => values.length > 0);
  if (ratios.length === 0) return undefined;
  return { interval: geometricMeanRatio(ratios), workloads: ratios.length };
}

/** Lists the workloads in the order in which they were measured. */
export function workloadsOf(
  records: readonly BenchRecord[],
): { readonly workload: string; readonly group: Group }[] {
  const seen = new Map(records.map(({ workload, group }) => [workload, group]));
  return [...seen].map(([workload, group]) => ({ workload, group }));
}

/** Gives the lowest CPU time of all plain runs of a workload, in microseconds; 0 when there is none. */
export function plainUs(
  records: readonly BenchRecord[],
  workload: string,
  tier: Tier,
  span: Span,
): number {
  const lowest = (phase: "load" | "run"): number => {
    const wanted = { workload, tier, variant: "plain", phase, event: "cpu-time" } as const;
    return valuesOf(records, wanted).reduce((low, us) => Math.min(low, us), Infinity);
  };
  const us = span === "run" ? lowest("run") : lowest("run") + lowest("load");
  return us === Infinity ? 0 : us;
}

function ratiosOf(
  records: readonly BenchRecord[],
  workload: string,
  mode: Mode,
  tier: Tier,
  span: Span,
): number[] {
  const side = (variant: "plain" | "instrumented"): number[] =>
    cpuTimes(records, { workload, mode, tier, variant }, span);
  return pairRatios(side("instrumented"), side("plain"));
}

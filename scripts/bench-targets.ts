import { codeGrowth } from "./bench-growth.ts";
import type { BenchRecord } from "./bench-records.ts";
import { median } from "../src/stats/index.ts";
import { rewritings } from "./bench-rewriting.ts";
import type { Rewriting } from "./bench-rewriting.ts";
import { meanGroups, meanSlowdown, slowdown } from "./bench-summary.ts";
import { modes } from "./bench-transforms.ts";
import type { Mode } from "./bench-transforms.ts";

/** A promise about the profiler with the number that was found. */
export interface Target {
  readonly what: string;
  readonly unit: string;
  /** The bound, and on which side of it the number must lie. */
  readonly limit: number;
  readonly side: "at most" | "at least";
  /** Nothing when it was not measured. */
  readonly found: number | undefined;
}

/** Compares the promises with the records. Slowdowns are those of V8's default tiers, as users run. */
export function targets(records: readonly BenchRecord[]): Target[] {
  const mean = (mode: Mode): number | undefined =>
    meanSlowdown(records, mode, "default", "run", meanGroups)?.interval.estimate;
  const on = (workload: string, mode: Mode): number | undefined =>
    slowdown(records, workload, mode, "default", "run")?.estimate;
  const ours = rewritings(records).filter(({ mode }) =>
    (modes as readonly string[]).includes(mode),
  );
  return [
    atMost("calls, geometric mean", 1.05, mean("calls")),
    atMost("insns, geometric mean", 1.15, mean("insns")),
    atMost("blocks, geometric mean", 1.25, mean("blocks")),
    atMost("tree, geometric mean", 2, mean("tree")),
    atMost("calls on fib", 1.6, on("fib", "calls")),
    atMost("insns on fib", 2, on("fib", "insns")),
    atMost("blocks on fib", 2, on("fib", "blocks")),
    atMost("tree on fib", 4, on("fib", "tree")),
    atMost(
      "calls, file size, largest of all",
      1.05,
      largest(codeGrowth(records, "calls", "file-size")),
    ),
    ...(["calls", "insns"] as const).map((mode) => ({
      what: `rewriting for ${mode} in a fresh process, median of modules with 10 MB of code`,
      unit: " MB/s of code",
      limit: 25,
      side: "at least" as const,
      found: medianSpeed(ours.filter((one) => one.mode === mode)),
    })),
    atMost(
      "peak memory over input, largest of all",
      6,
      largest(ours.flatMap(({ peakMultiple }) => peakMultiple ?? [])),
    ),
  ];
}

/** Says whether a promise is kept; nothing when it was not measured. */
export function isKept({ side, limit, found }: Target): boolean | undefined {
  if (found === undefined) return undefined;
  return side === "at most" ? found <= limit : found >= limit;
}

function largest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

/** The speed at which large modules are rewritten; for small ones V8's start decides. */
function medianSpeed(rewritten: readonly Rewriting[]): number | undefined {
  const speeds = rewritten
    .filter(({ codeBytes }) => codeBytes >= 10_000_000)
    .map(({ firstMBs }) => firstMBs);
  return speeds.length === 0 ? undefined : median(speeds);
}

function atMost(what: string, limit: number, found: number | undefined): Target {
  return { what, unit: "x", limit, side: "at most", found };
}

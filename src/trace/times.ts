import type { FunctionTotal, Marks } from "./ebpf/session.ts";

/** Where a run's time went, in nanoseconds; `startup`, `guest`, `wasi` and `teardown` add up to `total`. */
export interface RunTimes {
  /** From exec to the end of the process. */
  readonly totalNs: number;
  /** From exec until the guest begins, or makes its first call where that is not seen. */
  readonly startupNs: number;
  /** Between the guest's begin and its last WASI call, outside of these calls. */
  readonly guestNs: number;
  /** Inside of WASI functions. */
  readonly wasiNs: number;
  /** System calls inside of WASI functions, a part of `wasiNs`. */
  readonly syscallNs: number;
  /** From the last WASI call to the end of the process. */
  readonly teardownNs: number;
}

/** Computes the times of a run; undefined when it ended before its first WASI call, or was not seen to end. */
export function timesOf(
  { exec, exit, guest, firstCall, lastCall }: Marks,
  functions: readonly FunctionTotal[],
): RunTimes | undefined {
  const begin = guest ?? firstCall;
  if (exec === undefined || exit === undefined || begin === undefined) return undefined;
  const sum = (of: (total: FunctionTotal) => number): number =>
    functions.reduce((all, total) => all + of(total), 0);
  const wasiNs = sum(({ ns }) => ns);
  const end = lastCall ?? begin;
  return {
    totalNs: exit - exec,
    startupNs: begin - exec,
    guestNs: end - begin - wasiNs,
    wasiNs,
    syscallNs: sum(({ syscallNs }) => syscallNs),
    teardownNs: exit - end,
  };
}

/** Finds the time below which so many calls of a hundred stay, from a histogram of quarters of an octave. */
export function quantileNs(histogram: readonly number[], quantile: number): number {
  const calls = histogram.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const [bucket, count] of histogram.entries()) {
    seen += count;
    if (seen >= quantile * calls && count > 0) return (edge(bucket) + edge(bucket + 1)) / 2;
  }
  return 0;
}

/** The time at which a bucket begins. */
function edge(bucket: number): number {
  if (bucket < 8) return Math.min(bucket, 4);
  return 2 ** Math.floor(bucket / 4) * (1 + (bucket % 4) / 4);
}

import type { FunctionTotal, Marks } from "./ebpf/session.ts";
import type { RunTimes } from "./observation.ts";

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

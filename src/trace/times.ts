import type { Marks } from "./ebpf/session.ts";
import type { FunctionTotal } from "./ebpf/totals.ts";
import type { RunTimes, StartStep } from "./observation.ts";

/** Computes the times of a run; undefined when it ended before its guest began, or was not seen to end. */
export function timesOf(
  { exec, exit, guest, guestEnd, firstCall, lastCall, guestNs, gapNs }: Marks,
  functions: readonly FunctionTotal[],
): RunTimes | undefined {
  const begin = guest ?? firstCall;
  if (exec === undefined || exit === undefined || begin === undefined) return undefined;
  const sum = (of: (total: FunctionTotal) => number): number =>
    functions.reduce((all, total) => all + of(total), 0);
  // A guest that is ended from outside has no end before that.
  const end = guestEnd ?? lastCall ?? exit;
  return {
    totalNs: exit - exec,
    startupNs: begin - exec + gapNs,
    guestNs,
    wasiNs: sum(({ ns }) => ns),
    syscallNs: sum(({ syscallNs }) => syscallNs),
    teardownNs: exit - end,
  };
}

/** Says what part of the whole the parts do not account for, or (negative) account for twice. */
export function unaccounted({ totalNs, startupNs, guestNs, wasiNs, teardownNs }: RunTimes): number {
  return (totalNs - startupNs - guestNs - wasiNs - teardownNs) / totalNs;
}

/** Splits the start where it was seen: until the runtime compiles, until it instantiates, until the guest begins. */
export function startSteps({ exec, compile, instantiate, guest, firstCall }: Marks): StartStep[] {
  const begin = guest ?? firstCall;
  if (exec === undefined || begin === undefined) return [];
  const seen = [
    { name: "ready", until: compile ?? instantiate },
    { name: "compile", until: compile === undefined ? undefined : instantiate },
    { name: "instantiate", until: instantiate === undefined ? undefined : begin },
  ].flatMap(({ name, until }) => (until === undefined || until > begin ? [] : [{ name, until }]));
  if (seen.length === 0) return [];
  const last = seen.at(-1)!;
  const steps = last.until === begin ? seen : [...seen, { name: "compile", until: begin }];
  return steps.map(({ name, until }, nth) => ({
    name,
    ns: until - (steps[nth - 1]?.until ?? exec),
  }));
}

/**
 * Finds the time below which so many calls of a hundred stay, from a histogram of quarters of an octave. With the sums
 * of each bucket it is the mean of the bucket that has it.
 */
export function quantileNs(
  histogram: readonly number[],
  quantile: number,
  sums?: readonly number[],
): number {
  const calls = histogram.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const [bucket, count] of histogram.entries()) {
    seen += count;
    if (seen < quantile * calls || count === 0) continue;
    return sums === undefined ? (edge(bucket) + edge(bucket + 1)) / 2 : sums[bucket]! / count;
  }
  return 0;
}

/**
 * Means the calls between two quantiles: what the machine did besides, in a few long calls, is left out. Undefined
 * without calls.
 */
export function trimmedMeanNs(
  histogram: readonly number[],
  sums: readonly number[],
  [from, to]: readonly [number, number],
): number | undefined {
  const calls = histogram.reduce((sum, count) => sum + count, 0);
  let [seen, kept, total] = [0, 0, 0];
  for (const [bucket, count] of histogram.entries()) {
    const inside = Math.min(seen + count, to * calls) - Math.max(seen, from * calls);
    seen += count;
    if (inside <= 0) continue;
    kept += inside;
    total += (inside * sums[bucket]!) / count;
  }
  return kept === 0 ? undefined : total / kept;
}

/** The time at which a bucket begins. */
function edge(bucket: number): number {
  if (bucket < 8) return Math.min(bucket, 4);
  return 2 ** Math.floor(bucket / 4) * (1 + (bucket % 4) / 4);
}

import { timeImports } from "../instrument/index.ts";
import type { TimeProfiler } from "./time-profiler.ts";

/** What the host's side of timing costs here, in nanoseconds. */
export interface TimeCost {
  /** One timed call. */
  readonly eventNs: number;
  /** One reading of the clock, which lies in the measured time of a call. */
  readonly insideNs: number;
}

/** As long as V8 needs to compile the host's side in the background. */
const warmUpNs = 2e7;
const callsARound = 256;
/** How deep the calls of a round are nested. */
const depth = 8;
/** What it takes to come out of the module and back, twice. */
const crossingNs = 20;
/** No clock is faster: less is an error, and would let every call be timed. */
const leastNs = 50;

/**
 * Measures what a timed call costs, and gets the profiler's code compiled by that: it must be the very profiler
 * that is used, since V8 throws away code for another one's functions, and compiling would cost the run tens of
 * milliseconds. The profiler is as new afterwards.
 *
 * @param functions Number of functions that the profiler knows.
 * @param now Gives nanoseconds and does not stand still.
 */
export function measureTimeCost(
  profiler: TimeProfiler,
  functions: number,
  now: () => number,
): TimeCost {
  const { [timeImports.enter]: enter, [timeImports.leave]: leave } = profiler.imports[
    timeImports.module
  ] as Record<string, (...args: number[]) => number>;
  let eventNs = Infinity;
  let seed = 1;
  const start = now();
  while (now() - start < warmUpNs) {
    const before = now();
    for (let call = 0; call < callsARound; call += depth) {
      // Different ways through the functions, so that the tree grows as it will.
      for (let level = 0; level < depth; level++) {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        enter!(level < depth - 3 ? 0 : seed % functions, 0);
      }
      for (let level = 0; level < depth; level++) leave!(0);
    }
    eventNs = Math.min(eventNs, (now() - before) / callsARound);
  }
  profiler.clear();
  return { eventNs: Math.max(leastNs, eventNs) + crossingNs, insideNs: readingNs(now) };
}

function readingNs(now: () => number): number {
  let least = Infinity;
  for (let round = 0; round < 64; round++) {
    const before = now();
    for (let reading = 0; reading < 64; reading++) now();
    least = Math.min(least, (now() - before) / 65);
  }
  return least;
}

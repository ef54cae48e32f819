import { TimeProfiler } from "./time-profiler.ts";

/** What the host's side of timing costs here, in nanoseconds. */
export interface TimeCost {
  /** One timed call. */
  readonly eventNs: number;
  /** The part of it that lies between the two readings of the clock. */
  readonly insideNs: number;
}

const rounds = 64;
const callsARound = 64;
/** What it takes to come out of the module and back, twice. */
const crossingNs = 20;

/** No clock is faster: less is an error, and would let every call be timed. */
const leastNs = 50;

/**
 * Measures what a timed call costs; the least of some rounds, which also get the code compiled.
 *
 * @param clock Must not stand still.
 */
export function measureTimeCost(clock: () => number): TimeCost {
  const switched = new Map([[0, { funcIndex: 0, countedBy: "self" as const }]]);
  const profiler = new TimeProfiler({ functions: 1, switched, clock, eventNs: 1, share: 1 });
  const { time_enter: enter, time_leave: leave } = profiler.imports["wasmscope"] as {
    time_enter: (func: number, word: number) => number;
    time_leave: (word: number) => number;
  };
  let eventNs = Infinity;
  let insideNs = Infinity;
  for (let round = 0; round < rounds; round++) {
    const before = clock();
    const selfBefore = profiler.tree.self[1]!;
    for (let call = 0; call < callsARound; call++) {
      enter(0, 0);
      leave(0);
    }
    eventNs = Math.min(eventNs, (clock() - before) / callsARound);
    insideNs = Math.min(insideNs, (profiler.tree.self[1]! - selfBefore) / callsARound);
  }
  return { eventNs: Math.max(leastNs, eventNs) + crossingNs, insideNs };
}

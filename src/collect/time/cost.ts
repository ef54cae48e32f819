import type { TimeCore } from "./core.ts";

/** What the host's side of timing costs here, in nanoseconds. */
export interface TimeCost {
  /** One timed call. */
  readonly eventNs: number;
  /** One reading of the clock, which lies in the measured time of a call. */
  readonly insideNs: number;
}

/** How long is measured: V8 has compiled the clock and the core by then. */
const warmUpNs = 5e6;
const callsARound = 256;
/** How deep the calls of a round are nested. */
const depth = 8;
/** What it takes to come out of the module and back, twice. */
const crossingNs = 20;
/** No clock is faster: less is an error, and would let every call be timed. */
const leastNs = 50;

/**
 * Measures what a timed call costs. The core is as new afterwards.
 *
 * @param functions Number of functions that the core knows.
 * @param now Gives nanoseconds and does not stand still.
 */
export function measureTimeCost(core: TimeCore, functions: number, now: () => number): TimeCost {
  const { enter, leave } = core;
  let eventNs = Infinity;
  let seed = 1;
  const start = now();
  while (now() - start < warmUpNs) {
    const before = now();
    for (let call = 0; call < callsARound; call += depth) {
      // Different ways through the functions, so that the tree grows as it will.
      for (let level = 0; level < depth; level++) {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        enter(level < depth - 3 ? 0 : seed % functions, 0);
      }
      for (let level = 0; level < depth; level++) leave(0);
    }
    eventNs = Math.min(eventNs, (now() - before) / callsARound);
  }
  core.clear();
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

import { monotonicNs } from "../../runtimes/index.ts";

/** Changes of `Date` that are watched: a millisecond each. */
const changes = 5;

/**
 * Finds how far the wall clock is ahead of CLOCK_MONOTONIC, in nanoseconds: guests have no other clock that this process
 * has, too. `Date` has milliseconds, so it is caught when it changes. Who loses the processor there is late, never early:
 * the furthest of several is the truest.
 */
export function wallClockOffsetNs(): number {
  return Math.max(...Array.from({ length: changes }, atNextChange));
}

function atNextChange(): number {
  const first = Date.now();
  let now = first;
  while (now === first) now = Date.now();
  return now * 1e6 - monotonicNs();
}

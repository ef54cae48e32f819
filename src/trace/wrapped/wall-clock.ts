import { monotonicNs } from "../../runtimes/index.ts";

/**
 * Finds how far the wall clock is ahead of CLOCK_MONOTONIC, in nanoseconds: guests have no other clock that this process
 * has, too. `Date` has milliseconds, so it is caught when it changes.
 */
export function wallClockOffsetNs(): number {
  const first = Date.now();
  let now = first;
  while (now === first) now = Date.now();
  return now * 1e6 - monotonicNs();
}

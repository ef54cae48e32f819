import { randomIndex } from "../stats/index.ts";
import type { Random } from "../stats/index.ts";

/**
 * Gives the order of a block, in which every arm has its turn once: a fresh shuffle (Fisher and Yates), so that what an
 * arm leaves behind, such as a warm processor or a full cache, meets all others alike.
 */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = randomIndex(random, last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** How often a clock's resolution must go into a sample, so that its steps are a thousandth of the value at most. */
const timerFloor = 1000;

/** Calls get faster behind the one that is looked at to choose their number. */
const reserve = 4;

/** Says how many calls of a length make a sample that the clock can tell apart, with some in reserve. */
export function callsPerSample(callNs: number, resolutionNs: number): number {
  return Math.max(1, Math.ceil((reserve * timerFloor * resolutionNs) / Math.max(callNs, 1)));
}

/** Says whether a value may stand in a ratio: whether its sample is long enough for the clock. */
export function aboveTimerFloor(valueNs: number, calls: number, resolutionNs: number): boolean {
  // Single calls are timed one by one: what reading the clock costs is in each of them.
  return valueNs * calls >= timerFloor * resolutionNs && valueNs >= 20 * resolutionNs;
}

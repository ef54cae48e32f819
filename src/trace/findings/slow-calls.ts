import type { ObservedFunction } from "../observation.ts";
import { ofOthers } from "./baseline.ts";
import { asksToWait, enoughCalls } from "./finding.ts";
import type { Remark, Sight } from "./finding.ts";
import { number, time } from "./words.ts";

/** A busy machine makes runs differ by a factor of two; twice that, and microseconds, are the runtime's own. */
const leastFactor = 4;
const leastNs = 3_000;
/** Most of the time: else the system calls are what is slow. */
const leastOwnShare = 0.5;

/**
 * Finds functions that take far longer than on other runtimes, most of it outside of system calls, in the runtime's own
 * code. Medians are compared: on a busy machine a few calls are interrupted for long.
 */
export function slowCalls(sight: Sight): Remark | undefined {
  const { fn } = sight;
  if (fn.calls < enoughCalls || fn.syscallNs === undefined || asksToWait(fn.name)) return undefined;
  const ownShare = 1 - fn.syscallNs / fn.timeNs;
  const usual = ofOthers(sight, usualNs);
  const own = usualNs(fn);
  if (usual === undefined || own < leastFactor * usual.value || ownShare < leastOwnShare) {
    return undefined;
  }
  if (own - usual.value < leastNs) return undefined;
  return {
    kind: "slow-calls",
    evidence: `half of the calls take ${time(own)} or more, ${usual.whose} ${time(usual.value)}; ${number(100 * ownShare)} % outside of system calls`,
    cause:
      "its own code does more: copies, conversions, locks or a search that the stacks at this place show",
    factor: own / usual.value,
  };
}

function usualNs({ calls, timeNs, p50Ns }: ObservedFunction): number {
  return p50Ns ?? timeNs / calls;
}

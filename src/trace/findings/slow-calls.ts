import type { ObservedFunction } from "../observation.ts";
import { ofOthers } from "./baseline.ts";
import { enoughCalls } from "./finding.ts";
import type { Remark, Sight } from "./finding.ts";
import { time } from "./words.ts";

/** A busy machine makes runs differ by a factor of two; twice that, and microseconds, are the runtime's own. */
const leastFactor = 4;
const leastNs = 3_000;
/** Nothing takes less as far as this can be seen. */
const shortestNs = 100;

/** Finds functions that take far longer than on other runtimes outside of system calls, in the runtime's own code. */
export function slowCalls(sight: Sight): Remark | undefined {
  const { fn } = sight;
  const own = ownNs(fn);
  if (fn.calls < enoughCalls || own === undefined) return undefined;
  const usual = ofOthers(sight, ownNs);
  if (usual === undefined || own < leastFactor * usual.value) return undefined;
  if (own - usual.value < leastNs) return undefined;
  return {
    kind: "slow-calls",
    evidence: `${time(own)} a call outside of system calls, ${usual.whose} ${time(usual.value)}`,
    cause:
      "its own code does more: copies, conversions, locks or a search that the stacks at this place show",
    factor: own / usual.value,
  };
}

/** What a call takes outside of system calls; what measuring costs is left in where it is not known. */
function ownNs({ calls, timeNs, correctedNs, syscallNs }: ObservedFunction): number | undefined {
  if (syscallNs === undefined || calls === 0) return undefined;
  return Math.max(((correctedNs ?? timeNs) - syscallNs) / calls, shortestNs);
}

import { median } from "../../stats/index.ts";
import { native } from "./finding.ts";
import type { LoadObservation, Remark } from "./finding.ts";
import { countOf, namesOf } from "./syscall-kinds.ts";
import { number, time } from "./words.ts";
import type { Observation, StartStep } from "../observation.ts";

/** Shorter starts are those of a process. */
const leastNs = 20_000_000;
/** More than half: all else together takes less. */
const leastShare = 0.5;
/** A process that is not slow to start among others is what it is. */
const leastFactor = 2;

/**
 * Finds runs most of whose start-up is one phase (of those that were seen, or a kind of system call), where others
 * start in half the time.
 */
export function slowStart(
  { observation }: LoadObservation,
  peers: readonly LoadObservation[],
): Remark | undefined {
  const startNs = observation.times?.startupNs ?? 0;
  if (observation.runtime === native || startNs < leastNs) return undefined;
  const others = peers
    .filter((one) => ![observation.runtime, native].includes(one.observation.runtime))
    .flatMap((one) => one.observation.times?.startupNs ?? []);
  if (others.length === 0 || startNs < leastFactor * median(others)) return undefined;
  const most = phasesOf(observation).toSorted((a, b) => b.ns - a.ns)[0];
  if (most === undefined || most.ns < leastShare * startNs) return undefined;
  const syscalls = observation.outside.toSorted((a, b) => b.count - a.count).slice(0, 3);
  return {
    kind: "startup",
    evidence: `${time(most.ns)} of ${time(startNs)} are ${most.name}; other runtimes begin after ${time(median(others))}; ${number(countOf(observation.outside))} system calls outside of WASI`,
    cause: `${most.name} takes most of the time before the guest's first instruction`,
    factor: startNs / median(others),
    syscalls: namesOf(syscalls),
  };
}

/** Lists the steps that were seen; without them what is the runtime's own code, and what is not. */
function phasesOf({ times, startSteps = [], outside }: Observation): readonly StartStep[] {
  if (startSteps.length > 0) return startSteps;
  const kernelNs = outside.reduce((sum, { timeNs }) => sum + timeNs, 0);
  return [{ name: "the runtime's own code", ns: (times?.startupNs ?? 0) - kernelNs }];
}

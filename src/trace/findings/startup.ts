import { median } from "../../stats/index.ts";
import type { Observation, StartStep } from "../observation.ts";
import { native } from "./finding.ts";
import type { LoadObservation, Remark } from "./finding.ts";
import { number, time } from "./words.ts";

/** Shorter starts are those of a process. */
const leastNs = 20_000_000;
/** More than half: all else together takes less. */
const leastShare = 0.5;
/** A process that is not slow to start among others is what it is. */
const leastFactor = 2;

/**
 * Finds a runtime most of whose start-up is one phase (of those that were seen), where others start in half the time.
 * Medians over all of its runs are compared.
 */
export function slowStart(
  runs: readonly LoadObservation[],
  others: readonly LoadObservation[],
): Remark | undefined {
  const startNs = medianStart(runs);
  const usual = medianStart(others.filter(({ observation }) => observation.runtime !== native));
  if (startNs === undefined || usual === undefined || runs[0]!.observation.runtime === native) {
    return undefined;
  }
  if (startNs < leastNs || startNs < leastFactor * usual) return undefined;
  const most = phases(runs).toSorted((a, b) => b.ns - a.ns)[0];
  if (most === undefined || most.ns < leastShare * startNs) return undefined;
  return {
    kind: "startup",
    evidence: `${time(startNs)} until the guest begins, in the median of ${number(runs.length)} runs, ${time(most.ns)} of it ${most.name}; other runtimes begin after ${time(usual)}`,
    cause: `most of the time before the guest's first instruction goes into one phase: ${most.name}`,
    factor: startNs / usual,
  };
}

function medianStart(runs: readonly LoadObservation[]): number | undefined {
  const all = runs.flatMap(({ observation }) => observation.times?.startupNs ?? []);
  return all.length === 0 ? undefined : median(all);
}

/** Gives the median of each phase. */
function phases(runs: readonly LoadObservation[]): StartStep[] {
  const all = runs.flatMap(({ observation }) => phasesOf(observation));
  const names = [...new Set(all.map(({ name }) => name))];
  return names.map((name) => ({
    name,
    ns: median(all.filter((one) => one.name === name).map(({ ns }) => ns)),
  }));
}

/** Lists the steps that were seen; without them, what is the runtime's own code. */
function phasesOf({ times, startSteps = [], outside }: Observation): readonly StartStep[] {
  if (startSteps.length > 0) return startSteps.map(({ name, ns }) => ({ name: said(name), ns }));
  const kernelNs = outside.reduce((sum, { timeNs }) => sum + timeNs, 0);
  return [{ name: "the runtime's own code", ns: (times?.startupNs ?? 0) - kernelNs }];
}

function said(step: string): string {
  if (step === "ready") return "until the runtime itself is ready";
  return step === "compile" || step === "instantiate" ? `to ${step} the module` : step;
}

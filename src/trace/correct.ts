import type { Calibration, ObservedFunction, RunTimes } from "./observation.ts";

/** Takes from a function's time what watching it has added, and says how far this may be off. */
export function correctFunction(
  one: ObservedFunction,
  calibration: Calibration,
): Required<Pick<ObservedFunction, "correctedNs" | "bandNs">> {
  const { perCallNs, perCallBandNs, perSyscallNs, perSyscallBandNs } = calibration;
  const syscalls = syscallsOf(one);
  return {
    correctedNs: Math.max(one.timeNs - one.calls * perCallNs - syscalls * perSyscallNs, 0),
    bandNs: one.calls * perCallBandNs + syscalls * perSyscallBandNs,
  };
}

/** Takes the same from the times of a run; start and end are hardly watched. */
export function correctTimes(
  times: RunTimes,
  functions: readonly ObservedFunction[],
  calibration: Calibration,
): RunTimes {
  const sum = (of: (one: ObservedFunction) => number): number =>
    functions.reduce((all, one) => all + of(one), 0);
  const outside = sum(({ calls }) => calls) * calibration.perCallOutsideNs;
  const guestNs = Math.max(times.guestNs - outside, 0);
  const wasiNs = sum((one) => one.correctedNs ?? one.timeNs);
  // A call that waits in a system call is charged inside it with what is not seen of the probe.
  const syscallNs = Math.min(times.syscallNs, wasiNs);
  const { startupNs, teardownNs } = times;
  const totalNs = startupNs + guestNs + wasiNs + teardownNs;
  return { totalNs, startupNs, guestNs, wasiNs, syscallNs, teardownNs };
}

function syscallsOf({ syscalls }: ObservedFunction): number {
  return syscalls.reduce((sum, { count }) => sum + count, 0);
}

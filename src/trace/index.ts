/**
 * Watching the WASI functions of a runtime, and the system calls inside them, from the kernel or from the guest.
 * @module
 */
export { calibrationFrom, measureCalls } from "./calibrate.ts";
export type { CallsPlan, MeasuredCall, MeasuredCalls } from "./calibrate.ts";
export { calibrationOf } from "./calibration-cache.ts";
export { correctFunction } from "./correct.ts";
export { KernelRefusal } from "./ebpf/kernel.ts";
export type {
  Calibration,
  Observation,
  ObservedFunction,
  ObservedSyscall,
  RunTimes,
  StartStep,
  Way,
} from "./observation.ts";
export { observeByEbpf } from "./observe.ts";
export type { ObservedRuntime, ObserveJob } from "./observe.ts";
export { bestWay, observe, ways } from "./wrapped/observe-best.ts";
export type { ChosenWay } from "./wrapped/observe-best.ts";
export { observeTimed } from "./wrapped/observe-timed.ts";
export { observeByWord } from "./wrapped/observe-word.ts";
export { whyNotEbpf } from "./why-not.ts";

/**
 * Watching the WASI functions of a runtime, and the system calls inside them, from the kernel or from the guest.
 * @module
 */
export { bpftraceScript } from "./bpftrace.ts";
export { findFindings } from "./findings/index.ts";
export type { Finding, FindingKind, LoadObservation } from "./findings/index.ts";
export { growthOf } from "./growth.ts";
export type { GrowingFigure, Growth } from "./growth.ts";
export { calibrationFrom, measureCalls } from "./calibrate.ts";
export type { CallsPlan, MeasuredCall, MeasuredCalls } from "./calibrate.ts";
export { calibrationOf } from "./calibration-cache.ts";
export { correctFunction } from "./correct.ts";
export { KernelRefusal } from "./ebpf/kernel.ts";
export { LoadError, loads, parseLoads } from "./loads/load.ts";
export type { Load, LoadChoice } from "./loads/load.ts";
export { loadModule, observeLoad } from "./loads/observe-load.ts";
export type { LoadJob } from "./loads/observe-load.ts";
export { sweepLoads } from "./loads/sweep.ts";
export type { Sweep, SweepFailure, SweepSubject } from "./loads/sweep.ts";
export { drill } from "./drill/drill.ts";
export type { Drill, DrilledStack } from "./drill/drill.ts";
export { buildTwin, observeTwin } from "./native-twin.ts";
export type { NativeTwin } from "./native-twin.ts";
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

/**
 * Watching the WASI functions of a runtime, and the system calls inside them, from the kernel.
 * @module
 */
export { bpftraceScript } from "./bpftrace.ts";
export { KernelRefusal } from "./ebpf/kernel.ts";
export type {
  Observation,
  ObservedFunction,
  ObservedSyscall,
  RunTimes,
  Way,
} from "./observation.ts";
export { observeByEbpf } from "./observe.ts";
export type { ObservedRuntime, ObserveJob } from "./observe.ts";
export { whyNotEbpf } from "./why-not.ts";

/**
 * Watching the WASI functions of a runtime, and the system calls inside them, from the kernel.
 * @module
 */
export { KernelRefusal } from "./ebpf/kernel.ts";
export type { FunctionTotal, Marks, SyscallTotal } from "./ebpf/session.ts";
export { syscallName } from "./syscall-names.ts";
export { findTarget } from "./target.ts";
export type { TraceTarget } from "./target.ts";
export { quantileNs, timesOf } from "./times.ts";
export type { RunTimes } from "./times.ts";
export { traceRun } from "./trace-run.ts";
export type { TracedRun, TraceOptions } from "./trace-run.ts";
export { whyNotEbpf } from "./why-not.ts";

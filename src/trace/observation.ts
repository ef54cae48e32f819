/**
 * How a run was watched: `ebpf` by probes on the runtime's own functions, `word` by a word of the guest's memory that
 * the kernel reads at each system call, `timed` by clocks around the guest's imports, without the kernel.
 */
export type Way = "ebpf" | "word" | "timed";

/** Where a run's time went, in nanoseconds; `startup`, `guest`, `wasi` and `teardown` add up to `total`. */
export interface RunTimes {
  /** From exec to the end of the process. */
  readonly totalNs: number;
  /**
   * From exec until the guest begins, or makes its first call where that is not seen; what the runtime does between two
   * activations of the guest is a part of it.
   */
  readonly startupNs: number;
  /** Between the guest's begin and its end, outside of WASI; added up call by call. */
  readonly guestNs: number;
  /** Inside of WASI functions. */
  readonly wasiNs: number;
  /** System calls inside of WASI functions, a part of `wasiNs`. */
  readonly syscallNs: number;
  /** From the guest's end, or its last WASI call where that is not seen, to the end of the process. */
  readonly teardownNs: number;
}

/** A step of a run's start: `ready` (the runtime itself), `compile`, `instantiate`. */
export interface StartStep {
  readonly name: string;
  readonly ns: number;
}

/** What watching costs on one runtime, as measured on calls whose true time the guest has measured itself. */
export interface Calibration {
  /** What a call's time has too much, and how far this may be off to either side. */
  readonly perCallNs: number;
  readonly perCallBandNs: number;
  /** What each system call inside adds to that. */
  readonly perSyscallNs: number;
  readonly perSyscallBandNs: number;
  /** What each call adds to the guest's time. */
  readonly perCallOutsideNs: number;
}

/** System calls of one kind. */
export interface ObservedSyscall {
  readonly name: string;
  readonly count: number;
  readonly timeNs: number;
  /** The sum of what they returned, where that was not an error. */
  readonly bytes: number;
  readonly errors: number;
}

/** One WASI function in one run; what a way cannot see is absent. */
export interface ObservedFunction {
  readonly name: string;
  readonly calls: number;
  /** As measured, with what measuring costs. */
  readonly timeNs: number;
  /** Without it, and how far that may be off to either side. */
  readonly correctedNs?: number;
  readonly bandNs?: number;
  /** As measured, by a histogram. */
  readonly p50Ns?: number;
  readonly p99Ns?: number;
  /** Bytes that the guest asked to move, and that were moved. */
  readonly askedBytes?: number;
  readonly bytes?: number;
  /** Calls that returned an errno other than success. */
  readonly errno?: number;
  /** How often the thread lost its processor inside. */
  readonly contextSwitches?: number;
  /** How often other threads of the process had a processor meanwhile, and gave it up. */
  readonly threadHops?: number;
  readonly syscallNs?: number;
  /** Those that the calling thread made. */
  readonly syscalls: readonly ObservedSyscall[];
  /** Those of other threads while the function was in flight. */
  readonly helperSyscalls: readonly ObservedSyscall[];
}

/** One run of a program on one runtime, as it was watched. */
export interface Observation {
  /** As in the table of runtimes; `native` for a program that is none of WebAssembly. */
  readonly runtime: string;
  readonly version: string;
  readonly tier: string;
  readonly way: Way;
  readonly exitCode?: number;
  readonly signal?: string;
  /** Absent where the guest was not seen to begin or to end. */
  readonly times?: RunTimes;
  /** The same without what measuring costs. */
  readonly correctedTimes?: RunTimes;
  /** The parts of the start, in order, as far as they were seen. */
  readonly startSteps?: readonly StartStep[];
  readonly calibration?: Calibration;
  readonly functions: readonly ObservedFunction[];
  /** System calls outside of WASI: of the runtime's start and end, and of the threads besides. */
  readonly outside: readonly ObservedSyscall[];
  /** How long attaching took; the run is not charged with it. */
  readonly attachNs?: number;
  /** What a reader must know of these numbers, a sentence each. */
  readonly notes: readonly string[];
}

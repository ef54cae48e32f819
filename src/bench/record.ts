/**
 * One measurement with its circumstances: a flat line of JSON, so that any tool can select, group and join. Raw values
 * only; what follows from them (medians, ratios, intervals) is computed by readers.
 */
export interface BenchRecord {
  readonly schema: "wasmscope-bench-1";
  /** The command's run that this belongs to. */
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Key of the machine's fingerprint (`machine` records carry it whole). */
  readonly machine: string;
  /** As the user selects it, such as `wasmtime@50.0.1:winch`; with the version that was found. */
  readonly arm: string;
  /** Its place in the list of arms, from 0: others are compared with the first. Absent: as they come. */
  readonly armIndex?: number;
  readonly runtime: string;
  readonly version: string;
  readonly tier: string;
  readonly family: string;
  /** The module's name and hash. */
  readonly module: string;
  readonly moduleSha256: string;
  /** The manifest's size, such as `mini`, or the program's arguments. */
  readonly size: string;
  /** `cold`: a fresh process; `warm`: a fresh instance of a kept module; `hot`: a call of a kept instance. */
  readonly level: "cold" | "warm" | "hot";
  /** Which randomised block, which process of the arm, which repetition inside of the process; from 0. */
  readonly block: number;
  readonly process: number;
  readonly iteration: number;
  /** What was measured, such as `compile`, `total`, `peak-memory`, `instructions`. */
  readonly metric: string;
  readonly unit: "ns" | "bytes" | "count";
  /**
   * `wall` or `cpu` for times; how it was had for others, such as `rusage`, `cachegrind`, `profile`. What `wasi` saw
   * has its way of looking: `ebpf`, `word` or `timed`.
   */
  readonly by: string;
  /** The WASI function that the value is of, and the system call inside of it; who made it when it was another thread. */
  readonly func?: string;
  readonly syscall?: string;
  readonly thread?: "helper";
  readonly value: number;
  /** Of how many calls or runs the value is the mean, where one alone is too short to be timed. */
  readonly calls?: number;
  /** Share of the block's time that other guests of the physical machine took (0 to 1), and the load at its start. */
  readonly steal?: number;
  readonly load?: number;
}

/** A run that gave no value: the module was refused, the engine crashed, the output was wrong, or time ran out. */
export interface FailureRecord extends Omit<
  BenchRecord,
  "metric" | "unit" | "by" | "value" | "calls" | "schema"
> {
  readonly schema: "wasmscope-bench-failure-1";
  readonly failed:
    "refused" | "unsupported" | "trap" | "wrong-output" | "timeout" | "memory" | "crash";
  /** The engine's own words, or what differs. */
  readonly message: string;
}

/** Something that stands out in what was seen of a runtime's WASI: a conclusion, and what it rests on. */
export interface FindingRecord extends Pick<
  BenchRecord,
  "run" | "time" | "machine" | "arm" | "armIndex" | "runtime" | "version" | "module" | "size"
> {
  readonly schema: "wasmscope-finding-1";
  readonly func: string;
  /** What kind of thing it is, as the rule that found it is called. */
  readonly kind: string;
  readonly evidence: string;
  readonly cause: string;
  /** How many times as much as it would have to be. */
  readonly factor: number;
}

/** The machine that records were made on. */
export interface MachineRecord {
  readonly schema: "wasmscope-machine-1";
  readonly machine: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly os: string;
  readonly arch: string;
  readonly virtual: string;
  readonly node: string;
}

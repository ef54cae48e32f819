import type { Prepared } from "../runtimes/index.ts";
import type { Arm } from "./arm.ts";
import type { OutputCheck } from "./check-output.ts";
import type { BenchRecord } from "./record.ts";
import type { RunFolder } from "./run-folder.ts";
import type { Task } from "./task.ts";

/** How a run may be bounded. */
export interface Limits {
  readonly timeoutMs: number;
  readonly memoryBytes?: number;
}

/** One process of an arm that is about to be measured. */
export interface Process {
  readonly arm: Arm;
  /** With the arm's own arguments, if it has some. */
  readonly task: Task;
  readonly levels: readonly BenchRecord["level"][];
  /** What was made ahead, for arms that run something else than the module. */
  readonly prepared: Prepared | undefined;
  readonly folder: RunFolder;
  readonly check: OutputCheck;
  readonly limits: Limits;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

/** How many runs and calls an arm has in each process: found in its first one, and kept. */
export interface Pace {
  /** Runs of the kept module, and of how many one sample is the mean. */
  warmRuns?: number;
  warmPerSample?: number;
  /** Steady calls of the kept instance, and of how many one sample is the mean. */
  hotCalls?: number;
  hotPerSample?: number;
  /** Whether the engine stores compiled modules. */
  stores?: boolean;
  /** The clock's resolution. */
  readonly resolutionNs: number;
}

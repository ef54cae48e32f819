import type { Prepared } from "../runtimes/index.ts";
import type { Arm } from "./arm.ts";
import type { OutputCheck } from "./check-output.ts";
import type { Pace, Probes } from "./pace.ts";
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
  /** How many runs and calls to measure, or where to put how long one of each takes. */
  readonly pace: Pace | Probes;
  /** What is known of the arm's engine from process to process. */
  readonly engine: { stores?: boolean };
  readonly signal: AbortSignal;
}

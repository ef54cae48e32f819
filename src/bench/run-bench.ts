import { randomBytes } from "node:crypto";
import {
  pairedRatio,
  medianInterval,
  AlphaSpending,
  mayLook,
  narrowEnough,
  nextLook,
  seededRandom,
} from "../stats/index.ts";
import type { Interval } from "../stats/index.ts";
import { describeMachine } from "../sys/index.ts";
import type { Arm } from "./arm.ts";
import { BlockRunner } from "./block.ts";
import type { Limits } from "./process.ts";
import { mostSteal } from "./noise.ts";
import type { BenchRecord, FailureRecord, MachineRecord } from "./record.ts";
import { RunFolder } from "./run-folder.ts";
import { blockValues, cleaned, pairsOf } from "./select.ts";
import type { Task } from "./task.ts";
import { timerResolutionNs } from "./timer.ts";

/** What to measure and when to stop. */
export interface BenchOptions {
  readonly tasks: readonly Task[];
  /** The others are compared with the first. */
  readonly arms: readonly Arm[];
  readonly levels: readonly BenchRecord["level"][];
  readonly limits: Limits;
  /** Exactly so many blocks; without it, until intervals are narrow enough or the budget is spent. */
  readonly repetitions?: number;
  /** For all tasks together; at least `fewestBlocks` of each are measured. */
  readonly budgetMs: number;
  /** Two by default. */
  readonly fewestBlocks?: number;
  /** One process of each arm in a block: its engine host, or its own command where it has none. */
  readonly oneProcess?: boolean;
  /** What the records call this run; drawn by default. */
  readonly run?: string;
  /** Half of an interval's width, as a share of the ratio. */
  readonly precision: number;
  /**
   * Counts instructions, too, once a task: of the module, and of each arm's process where valgrind is; `cachegrind`:
   * also what running costs the machine, cache misses included, without start-up.
   */
  readonly counts?: boolean | "cachegrind";
  /** Of the intervals; 0.99 by default. */
  readonly confidence?: number;
  /** Says, before anything is run, why an arm will not take a task's module: a record then, and no run. */
  readonly refuses?: Refuses;
  /** Of the shuffles; drawn by default. */
  readonly seed?: number;
  /** Ends the measuring; what was measured stays. */
  readonly signal?: AbortSignal;
  /** Told each record as soon as its block has ended. */
  readonly onRecord: (record: BenchRecord | FailureRecord | MachineRecord) => void;
  /** Told before each block. */
  readonly onProgress?: (progress: Progress) => void;
}

/** Says why an arm will not take a task's module; undefined when it will, or nobody knows. */
export type Refuses = (arm: Arm, task: Task) => Promise<string | undefined>;

/** How far a run is. */
export interface Progress {
  readonly task: Task;
  readonly taskNumber: number;
  readonly tasks: number;
  readonly blocks: number;
  /** An estimate, from the budget or from the blocks so far. */
  readonly leftMs: number;
}

/** How the measuring of a task ended. */
export interface TaskEnd {
  readonly task: Task;
  readonly blocks: number;
  /** Blocks that were measured again since the machine was disturbed. */
  readonly repeated: number;
  readonly stopped: "precision" | "budget" | "repetitions" | "interrupted" | "failed";
  /** The level at which its intervals hold, all looks at it taken together. */
  readonly confidence: number;
}

/** A finished run. */
export interface BenchRun {
  readonly run: string;
  readonly resolutionNs: number;
  readonly ends: readonly TaskEnd[];
}

const firstLook = 8;
const enough = 2000;

/** Measures tasks one after the other, each in randomised blocks. What engines do wrong is a record. */
export async function runBench(options: BenchOptions): Promise<BenchRun> {
  const run = options.run ?? randomBytes(6).toString("hex");
  const machine = describeMachine();
  const resolutionNs = timerResolutionNs();
  options.onRecord({ schema: "wasmscope-machine-1", ...machine });
  const folder = new RunFolder();
  const remove = (): void => folder.remove();
  process.once("exit", remove);
  try {
    const ends: TaskEnd[] = [];
    const endMs = performance.now() + options.budgetMs;
    for (const [taskNumber, task] of options.tasks.entries()) {
      if (options.signal?.aborted === true) break;
      const leftTasks = options.tasks.length - taskNumber;
      const budgetMs = Math.max(0, endMs - performance.now()) / leftTasks;
      const context = { run, machine: machine.machine, folder, resolutionNs };
      const measuring = new TaskRun(options, task, context, budgetMs);
      ends.push(
        await measuring.measure((blocks, ownLeftMs) => {
          const leftMs = ownLeftMs + (leftTasks - 1) * budgetMs;
          const tasks = options.tasks.length;
          options.onProgress?.({ task, taskNumber, tasks, blocks, leftMs });
        }),
      );
    }
    return { run, resolutionNs, ends };
  } finally {
    process.removeListener("exit", remove);
    remove();
  }
}

/** What all blocks of a run share. */
export interface RunContext {
  readonly run: string;
  readonly machine: string;
  readonly folder: RunFolder;
  readonly resolutionNs: number;
}

class TaskRun {
  readonly #options: BenchOptions;
  readonly #task: Task;
  readonly #budgetMs: number;
  readonly #confidence: number;
  readonly #spending: AlphaSpending;
  readonly #blocks: BlockRunner;
  readonly #records: BenchRecord[] = [];
  readonly #startMs = performance.now();
  #repeated = 0;
  #level: number;

  constructor(options: BenchOptions, task: Task, context: RunContext, budgetMs: number) {
    this.#options = options;
    this.#task = task;
    this.#budgetMs = budgetMs;
    this.#confidence = options.confidence ?? 0.99;
    this.#level = this.#confidence;
    this.#spending = new AlphaSpending(this.#confidence);
    const seed = options.seed ?? randomBytes(4).readUInt32LE();
    this.#blocks = new BlockRunner(options, task, context, seededRandom(seed), (record) => {
      options.onRecord(record);
      if (record.schema === "wasmscope-bench-1") this.#records.push(record);
    });
  }

  async measure(onBlock: (blocks: number, leftMs: number) => void): Promise<TaskEnd> {
    const { repetitions, signal, fewestBlocks = 2 } = this.#options;
    await this.#blocks.refuse();
    if (this.#options.counts !== undefined && this.#options.counts !== false)
      await this.#blocks.count();
    let look = firstLook;
    for (let good = 0; ;) {
      onBlock(good, this.#leftMs(good));
      if (signal?.aborted === true) return this.#end(good, "interrupted");
      if (!this.#blocks.hasWork) return this.#end(good, "failed");
      if (good === (repetitions ?? enough)) return this.#end(good, "repetitions");
      if (repetitions === undefined && good >= fewestBlocks) {
        const used = this.#usedMs / this.#budgetMs;
        if (used >= 1) {
          this.#level = this.#spending.look(1).level;
          return this.#end(good, "budget");
        }
        if (good >= look && mayLook(used)) {
          look = nextLook(good);
          const { level } = this.#spending.look(used);
          if (this.#isPrecise(level)) {
            this.#level = level;
            return this.#end(good, "precision");
          }
        }
      }
      const { steal = 0 } = await this.#blocks.next();
      // As many again as were good, and no more: on a machine that is always disturbed this would not end.
      if (steal > mostSteal && this.#repeated <= good) this.#repeated++;
      else good++;
    }
  }

  get #usedMs(): number {
    return performance.now() - this.#startMs;
  }

  #leftMs(good: number): number {
    const { repetitions } = this.#options;
    if (repetitions === undefined || good === 0) return Math.max(0, this.#budgetMs - this.#usedMs);
    return (this.#usedMs / good) * (repetitions - good);
  }

  #end(blocks: number, stopped: TaskEnd["stopped"]): TaskEnd {
    return {
      task: this.#task,
      blocks,
      repeated: this.#repeated,
      stopped,
      confidence: this.#level,
    };
  }

  /** Says whether all intervals are as narrow as wanted: of ratios, or of the only arm's own values. */
  #isPrecise(level: number): boolean {
    const { records } = cleaned(this.#records);
    const [first, ...others] = this.#options.arms;
    const narrow = (interval: Interval): boolean =>
      interval.level >= level && narrowEnough(interval, this.#options.precision);
    return this.#options.levels.every((of) => {
      const baseline = blockValues(records, first!.label, { level: of });
      if (others.length === 0) {
        return baseline.size === 0 || narrow(medianInterval([...baseline.values()], level));
      }
      return others.every(({ label }) => {
        const pairs = pairsOf(blockValues(records, label, { level: of }), baseline);
        if (pairs.measured.length === 0) return true;
        return narrow(pairedRatio(pairs.measured, pairs.baseline, level));
      });
    });
  }
}

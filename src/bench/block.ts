import type { Random } from "../stats/index.ts";
import { shuffled } from "./blocks.ts";
import { countMachineCosts, countMachineInstructions, hasValgrind } from "./cachegrind.ts";
import { CannotRun } from "../runtimes/index.ts";
import { OutputCheck } from "./check-output.ts";
import { measureCold, prepareFor } from "./cold-run.ts";
import { measureHosted } from "./hosted-run.ts";
import { countInstructions } from "./counts.ts";
import { watchNoise } from "./noise.ts";
import type { Disturbance } from "./noise.ts";
import { refusedOutcome } from "./outcome.ts";
import type { Failure, Outcome } from "./outcome.ts";
import { Probes } from "./pace.ts";
import type { Pace } from "./pace.ts";
import type { Process } from "./process.ts";
import type { BenchRecord, FailureRecord } from "./record.ts";
import type { BenchOptions, RunContext } from "./run-bench.ts";
import { Standing } from "./standing.ts";
import type { Cell } from "./standing.ts";
import type { Task } from "./task.ts";

type Prepared = Process["prepared"];

/** Where and when a process ran. */
interface Circumstances {
  readonly block: number;
  readonly process: number;
  readonly time: string;
  readonly noise: Disturbance;
}

/** What counts of the module itself stand under: they are the same on every engine. */
const moduleArm = {
  arm: "module",
  armIndex: -1,
  runtime: "wasmscope",
  version: "1",
  tier: "insns",
  family: "counted",
} as const;

/** Measures a task block by block. */
export class BlockRunner {
  readonly #options: BenchOptions;
  readonly #task: Task;
  readonly #context: RunContext;
  readonly #random: Random;
  readonly #emit: (record: BenchRecord | FailureRecord) => void;
  readonly #standings: readonly Standing[];
  readonly #engines = new Map<Standing, Process["engine"]>();
  #pace: Pace | undefined;
  readonly #prepared = new Map<Standing, Prepared>();
  readonly #check = new OutputCheck();
  #block = 0;

  constructor(
    options: BenchOptions,
    task: Task,
    context: RunContext,
    random: Random,
    emit: (record: BenchRecord | FailureRecord) => void,
  ) {
    this.#options = options;
    this.#task = task;
    this.#context = context;
    this.#random = random;
    this.#emit = emit;
    this.#standings = options.arms.map(
      (arm, index) => new Standing(arm, index, options.levels, options.oneProcess),
    );
    for (const standing of this.#standings) this.#refuseHostless(standing);
  }

  /** Whether any arm is left to be measured. */
  get hasWork(): boolean {
    return this.#standings.some(({ cells }) => cells.length > 0);
  }

  /** Asks which arms will not take the module; these are records and have no turn. */
  async refuse(): Promise<void> {
    const { refuses, signal } = this.#options;
    if (refuses === undefined) return;
    let stop = (): void => {};
    const over = new Promise<undefined>((resolve) => {
      stop = (): void => resolve(undefined);
      if (signal?.aborted === true) stop();
      signal?.addEventListener("abort", stop, { once: true });
    });
    for (const standing of this.#standings) {
      const message = await Promise.race([refuses(standing.arm, this.#task), over]);
      if (message === undefined) continue;
      const failures = standing.refuse().map((level): Failure => {
        return { level, iteration: 0, failed: "unsupported", message };
      });
      this.#record(standing, { samples: [], failures }, calm());
    }
    signal?.removeEventListener("abort", stop);
  }

  /** Gives each arm its turn, and says what disturbed the block. */
  async next(): Promise<Disturbance> {
    const pace = await this.#findPace();
    const stop = watchNoise();
    const done: (() => void)[] = [];
    const block = this.#block++;
    // Ended by the user while it was looked for.
    if (pace === undefined) return stop();
    for (const standing of shuffled(this.#standings, this.#random)) {
      for (const cell of shuffled(standing.cells, this.#random)) {
        if (this.#isAborted()) break;
        const outcome = await this.#measure(standing, cell, pace);
        // What an end by the user did to a run is no failure of the engine.
        if (this.#isAborted()) break;
        const process = standing.nextProcess();
        const time = new Date().toISOString();
        for (const failure of outcome.failures) standing.failed(cell, failure);
        done.push(() => this.#record(standing, outcome, { block, process, time, noise }));
      }
    }
    const noise = stop();
    for (const record of done) record();
    return noise;
  }

  /** Counts instructions, of the module and of what is there of the arms. */
  async count(): Promise<void> {
    const { folder } = this.#context;
    const { limits } = this.#options;
    const own = await countInstructions(this.#task, folder, limits);
    this.#emitAll({ ...this.#base(this.#standings[0]!, calm()), ...moduleArm }, own);
    for (const standing of this.#standings) {
      if (standing.cells.length === 0) continue;
      if (!hasValgrind() || this.#isAborted()) return;
      const process = await this.#process(standing, new Probes());
      if ("failures" in process) continue;
      const { samples } = await countMachineInstructions(process);
      if (this.#isAborted()) return;
      // What does not run under valgrind is no failure of the measurement.
      this.#record(standing, { samples, failures: [] }, calm());
      if (this.#options.counts !== "cachegrind") continue;
      const costs = await countMachineCosts(process);
      if (this.#isAborted()) return;
      const failures = costs.failures.map((failure): Failure => {
        return { ...failure, failed: "unsupported" };
      });
      this.#record(standing, { ...costs, failures }, calm());
    }
  }

  /** Runs each host once, not to be recorded: what fails there fails, and how long runs take says how many there are. */
  async #findPace(): Promise<Pace | undefined> {
    if (this.#pace !== undefined) return this.#pace;
    const probes = new Probes();
    const isNeeded = this.#options.levels.some((level) => level !== "cold");
    for (const standing of isNeeded ? this.#standings : []) {
      if (!standing.cells.includes("host") || this.#isAborted()) continue;
      const { failures } = await this.#measure(standing, "host", probes);
      if (this.#isAborted()) return undefined;
      for (const failure of failures) standing.failed("host", failure);
      this.#record(standing, { samples: [], failures }, calm(standing.nextProcess()));
    }
    this.#pace = probes.pace(this.#context.resolutionNs);
    return this.#pace;
  }

  #isAborted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  async #measure(standing: Standing, cell: Cell, pace: Process["pace"]): Promise<Outcome> {
    const process = await this.#process(standing, pace);
    if ("failures" in process) return process;
    try {
      return await (cell === "command" ? measureCold(process) : measureHosted(process));
    } catch (error) {
      if (error instanceof CannotRun) return refusedOutcome(error);
      throw error;
    }
  }

  async #process(standing: Standing, pace: Process["pace"]): Promise<Process | Outcome> {
    const { arm } = standing;
    const { folder } = this.#context;
    const engine = this.#engines.get(standing) ?? {};
    this.#engines.set(standing, engine);
    const process: Process = {
      arm,
      task: { ...this.#task, ...arm.task },
      levels: standing.hosted,
      prepared: this.#prepared.get(standing),
      folder,
      check: this.#check,
      limits: this.#options.limits,
      pace,
      engine,
      signal: this.#options.signal ?? new AbortController().signal,
    };
    if (arm.tier.prepared !== "ahead" || this.#prepared.has(standing)) return process;
    try {
      const prepared = await prepareFor(process);
      this.#prepared.set(standing, prepared);
      return { ...process, prepared };
    } catch (error) {
      return refusedOutcome(error);
    }
  }

  #record(standing: Standing, outcome: Outcome, at: Circumstances): void {
    this.#emitAll(this.#base(standing, at), outcome);
  }

  #emitAll(
    base: Omit<FailureRecord, "schema" | keyof Failure>,
    { samples, failures }: Outcome,
  ): void {
    for (const sample of samples) this.#emit({ schema: "wasmscope-bench-1", ...base, ...sample });
    for (const failure of failures) {
      this.#emit({ schema: "wasmscope-bench-failure-1", ...base, ...failure });
    }
  }

  #base(
    { arm, index }: Standing,
    { block, process, time, noise: { steal, load } }: Circumstances,
  ): Omit<FailureRecord, "schema" | keyof Failure> {
    const { module, moduleSha256, size } = this.#task;
    return {
      run: this.#context.run,
      time,
      machine: this.#context.machine,
      arm: arm.label,
      armIndex: index,
      runtime: arm.runtime.name,
      version: arm.found.version,
      tier: arm.tier.name,
      family: arm.runtime.family,
      module,
      moduleSha256,
      size,
      block,
      process,
      ...(steal === undefined ? {} : { steal }),
      ...(load === undefined ? {} : { load }),
    };
  }

  /** Says once of a runtime without a host that only cold runs can be had of it. */
  #refuseHostless(standing: Standing): void {
    if (standing.arm.runtime.host !== undefined || this.#options.oneProcess === true) return;
    for (const level of this.#options.levels) {
      if (level === "cold") continue;
      const base = this.#base(standing, calm());
      this.#emit({
        schema: "wasmscope-bench-failure-1",
        ...base,
        level,
        iteration: 0,
        failed: "unsupported",
        message: "it has no engine host here: cold runs only",
      });
    }
  }
}

/** The circumstances of what is no run of a block. */
function calm(process = 0): Circumstances {
  const noise = { steal: undefined, load: undefined };
  return { block: 0, process, time: new Date().toISOString(), noise };
}
